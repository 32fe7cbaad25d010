// What the decorators of a page ask for is done, or the start is refused with the field's name.

import { graphql } from 'graphql';
import {
  Arg,
  Authorized,
  buildSchemaSync,
  Ctx,
  createParameterDecorator,
  Field,
  FieldResolver,
  Info,
  ObjectType,
  Query,
  Resolver,
  Root,
  UseMiddleware,
} from 'type-graphql';
import { resolveDirectly } from '../../src/engine/resolveDirectly';

const options = { validate: false, authChecker: () => false };
const middleware = async (_data: unknown, next: () => Promise<unknown>) => next();

@ObjectType({ simpleResolvers: true })
class Lamp {
  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  upper?: string;
}

@Resolver()
class LampByName {
  @Query(() => Lamp)
  lamp(@Arg('name', () => String) name: string): Lamp {
    return Object.assign(new Lamp(), { name });
  }
}

@Resolver(() => Lamp)
class UpperOfLamp {
  // In an order of its own, and a member of the source and of the context each.
  @FieldResolver(() => String, { nullable: true })
  upper(
    @Arg('end', () => String) end: string,
    @Ctx('requestId') requestId: string,
    @Root('name') name: string,
    @Info() info: { fieldName: string },
  ): string {
    return [name.toUpperCase(), end, requestId, info.fieldName].join();
  }
}

it('passes every kind of parameter that it supports, in whichever order they stand', async () => {
  const schema = buildSchemaSync({ resolvers: [LampByName, UpperOfLamp], ...options });
  resolveDirectly(schema, { 'Query.lamp': LampByName, 'Lamp.upper': UpperOfLamp });
  const source = '{ lamp(name: "a") { name upper(end: "!") } }';
  expect(await graphql({ schema, source, contextValue: { requestId: 'r-1' } })).toEqual({
    data: { lamp: { name: 'a', upper: 'A,!,r-1,upper' } },
  });
});

const pageWith = (decorate: MethodDecorator & ParameterDecorator, isParameter = false) => {
  class Page {
    faulty(given: unknown): string {
      return String(given);
    }
  }
  if (isParameter) decorate(Page.prototype, 'faulty', 0 as never);
  else {
    Ctx()(Page.prototype, 'faulty', 0);
    decorate(Page.prototype, 'faulty', Object.getOwnPropertyDescriptor(Page.prototype, 'faulty') as never);
  }
  Query(() => String)(Page.prototype, 'faulty', Object.getOwnPropertyDescriptor(Page.prototype, 'faulty') as never);
  Resolver()(Page);
  return Page;
};

it.each<[string, () => ReturnType<typeof pageWith>, string]>([
  ['@Authorized()', () => pageWith(Authorized() as never), '@Authorized'],
  ['@UseMiddleware()', () => pageWith(UseMiddleware(middleware) as never), '@UseMiddleware'],
  ['a decorator of somebody else', () => pageWith(createParameterDecorator(() => 1) as never, true), 'kind custom'],
  ['a validated argument', () => pageWith(Arg('a', () => String, { validate: true }) as never, true), 'validate'],
])('refuses to start with %s, and names the field', (_name, page, words) => {
  const Page = page();
  const schema = buildSchemaSync({ resolvers: [Page, LampByName, UpperOfLamp], ...options });
  const start = () =>
    resolveDirectly(schema, { 'Query.faulty': Page, 'Query.lamp': LampByName, 'Lamp.upper': UpperOfLamp });
  expect(start).toThrow('Query.faulty');
  expect(start).toThrow(words);
});

it('refuses a decorator on a field that has no page', () => {
  @ObjectType({ simpleResolvers: true })
  class Shade {
    @Authorized()
    @Field(() => String)
    colour!: string;
  }
  @Resolver()
  class ShadeQuery {
    @Query(() => Shade)
    shade(): Shade {
      return new Shade();
    }
  }
  const schema = buildSchemaSync({ resolvers: [ShadeQuery, LampByName, UpperOfLamp], ...options });
  const pages = { 'Query.shade': ShadeQuery, 'Query.lamp': LampByName, 'Lamp.upper': UpperOfLamp };
  expect(() => resolveDirectly(schema, pages)).toThrow('Shade.colour: @Authorized');
});
