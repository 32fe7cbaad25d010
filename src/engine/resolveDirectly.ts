// Makes the methods of the pages resolvers as they stand. type-graphql describes the schema and stays out of the way of requests:
// for each call it would sort a method's parameters, build and validate its arguments anew, and make four promises of it.
// What a decorator asks for and this does not do is refused at the start, since otherwise nobody would notice that it is missing.

import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { Context } from '../context/context';

type Metadata = ReturnType<typeof getMetadataStorage>;
type Handler = Metadata['queries'][number] | Metadata['fieldResolvers'][number];
type Decorated = Pick<Handler, 'roles' | 'middlewares' | 'params'>;
type Parameter = NonNullable<Handler['params']>[number];
type Resolver = GraphQLFieldResolver<unknown, Context>;

/** The class of each field that has a page, by `Type.field`. */
export type Pages = Readonly<Record<string, new () => object>>;

/** @throws Error naming every field whose decorators ask for something that is not done here */
export function resolveDirectly(schema: GraphQLSchema, pages: Pages): void {
  const { queries, mutations, subscriptions, fieldResolvers, fields } = getMetadataStorage();
  const handlers: Handler[] = [...queries, ...mutations, ...subscriptions, ...fieldResolvers];
  const faults = fields
    .map((field) => ({ path: `${field.target.name}.${field.schemaName}`, faults: faultsOf(field, true) }))
    .filter(({ path }) => !(path in pages));

  for (const [path, page] of Object.entries(pages)) {
    const [typeName = '', fieldName = ''] = path.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const handler = handlers.find(({ target, schemaName }) => target === page && schemaName === fieldName);
    const instance = new page() as Record<string, Method | undefined>;
    const method = handler && instance[handler.methodName];
    if (!field || !method) throw new Error(`expected a field ${path}, and a method that is decorated for it`);
    faults.push({ path, faults: faultsOf(handler, false) });
    const resolver = resolverFrom(instance, method, handler.params ?? []);
    // A method of the subscription's is the source of events; its answer is the schema's to make.
    if (type === schema.getSubscriptionType()) field.subscribe = resolver;
    else field.resolve = resolver;
  }
  const found = faults.filter((each) => each.faults.length > 0);
  if (found.length > 0)
    throw new Error(found.map((each) => `${each.path}: ${each.faults.join(', ')}: not supported here`).join('\n'));
}

type Method = (...values: unknown[]) => unknown;

/** More parameters than a method of a page needs. */
const PARAMETERS_LIMIT = 4;

function resolverFrom(instance: object, method: Method, parameters: readonly Parameter[]): Resolver {
  const ordered = [...parameters].sort((one, other) => one.index - other.index);
  const [first, second, third, fourth] = ordered.map((parameter) => resolvers[parameter.kind]?.(parameter as never));
  return (...call) => method.call(instance, first?.(...call), second?.(...call), third?.(...call), fourth?.(...call));
}

/** Where the value of a parameter comes from. A kind that is not here is not supported. */
const resolvers: Partial<Record<Parameter['kind'], (parameter: never) => Resolver>> = {
  args: () => (_source, args) => args,
  arg:
    ({ name }: { name: string }) =>
    (_source, args) =>
      args[name],
  root: ({ propertyName }: Member) =>
    propertyName === undefined ? (source) => source : (source) => memberOf(source, propertyName),
  context: ({ propertyName }: Member) =>
    propertyName === undefined
      ? (_source, _args, context) => context
      : (_source, _args, context) => memberOf(context, propertyName),
  info: () => (_source, _args, _context, info) => info,
};

type Member = { propertyName: string | undefined };
const memberOf = (holder: unknown, name: string): unknown => (holder as Record<string, unknown> | undefined)?.[name];

/** @param isPlain it is a field without a page, whose value is taken as it is: its parameters are dropped, too */
function faultsOf({ roles, middlewares, params = [] }: Decorated, isPlain: boolean): string[] {
  const faults: string[] = [];
  if (roles !== undefined) faults.push('@Authorized');
  if (middlewares && middlewares.length > 0) faults.push('@UseMiddleware');
  if (isPlain && params.length > 0) faults.push('parameters of a field without a page');
  if (params.length > PARAMETERS_LIMIT) faults.push(`more than ${PARAMETERS_LIMIT} parameters`);
  if (new Set(params.map(({ index }) => index)).size <= Math.max(-1, ...params.map(({ index }) => index)))
    faults.push('a parameter without a decorator');
  for (const parameter of params) {
    if (!(parameter.kind in resolvers)) faults.push(`a parameter of the kind ${parameter.kind}`);
    if ('validateFn' in parameter && (parameter.validateFn || parameter.validateSettings)) faults.push('validate');
  }
  return faults;
}
