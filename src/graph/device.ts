// The entity that everything here is about, and the two ways to name it. Makes no call.

// Before the first decorator: every page and every error type imports this file.
import 'reflect-metadata';
import { GraphQLError } from 'graphql';
import { ArgsType, Directive, Field, ID, ObjectType } from 'type-graphql';
import { InvalidArgument } from '../tokenapi/errors';

/** 1 to 128 characters; no control characters, halves of one, spaces or `/`. */
const NAME = /^[^\s\p{Cc}\p{Cs}/]{1,128}$/u;

@ObjectType({
  simpleResolvers: true,
  description: `A device of the IoT platform. Other subgraphs may extend it by either key.

Each field below \`deviceName\` reads the platform and says why it could not, as a \`TokenApiError\`. It is nullable for one reason only:
if this subgraph itself does not answer, the rest of your page survives. A cache stores the error in place of the last good value:
keep the last good one on screen while \`nextStep\` is \`RETRY\`.`,
})
@Directive('@key(fields: "id")')
@Directive('@key(fields: "productId deviceName")')
export class Device {
  @Field(() => ID, {
    description:
      "The platform's DeviceId, `<ProductId>/<DeviceName>`, case-sensitive and unique over all products: a cache key as it is.",
  })
  readonly id: string;

  @Field(() => String, { description: "The product's id on the platform." })
  readonly productId: string;

  @Field(() => String, { description: "The device's name within the product." })
  readonly deviceName: string;

  constructor(productId: string, deviceName: string) {
    this.id = `${productId}/${deviceName}`;
    this.productId = productId;
    this.deviceName = deviceName;
  }
}

/** The two names of a device, as arguments, in this order. */
@ArgsType()
export class DeviceArgs {
  @Field(() => String, {
    description: "The product's id on the platform: 1 to 128 characters, no spaces, control characters or `/`.",
  })
  productId!: string;

  @Field(() => String, {
    description: "The device's name within the product: 1 to 128 characters, no spaces, control characters or `/`.",
  })
  deviceName!: string;
}

/**
 * The device of these two names, whether or not it exists.
 *
 * @throws InvalidArgument if a name cannot be one
 */
export function deviceFrom(productId: unknown, deviceName: unknown): Device {
  return new Device(nameFrom('productId', productId), nameFrom('deviceName', deviceName));
}

/** @throws InvalidArgument if the id cannot be one */
export function deviceFromId(id: unknown): Device {
  const [productId, deviceName, ...rest] = typeof id === 'string' ? id.split('/', 3) : [];
  if (deviceName === undefined || rest.length > 0)
    throw new InvalidArgument('A device id is expected to be `<ProductId>/<DeviceName>`.');
  return deviceFrom(productId, deviceName);
}

/** What a field answers in place of a device that its argument cannot name: null and an entry in `errors`, for that one alone. */
export function deviceOrError(build: () => Device): Device | GraphQLError {
  try {
    return build();
  } catch (cause) {
    if (!(cause instanceof InvalidArgument)) throw cause;
    return badUserInput(cause.message);
  }
}

/** Entries in `errors` of one answer. */
export const ERRORS_LIMIT = 100;

/** The devices of a list. Beyond `ERRORS_LIMIT`, what cannot be one is null without an entry: each costs several times a device. */
export function devicesFrom<Name>(
  names: readonly Name[],
  build: (name: Name) => Device,
): (Device | GraphQLError | null)[] {
  let errors = 0;
  return names.map((name) => {
    const device = deviceOrError(() => build(name));
    return device instanceof Device || ++errors <= ERRORS_LIMIT ? device : null;
  });
}

export const badUserInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

function nameFrom(argument: string, value: unknown): string {
  if (typeof value === 'string' && NAME.test(value)) return value;
  throw new InvalidArgument(
    `${argument} is expected to have 1 to 128 characters, without spaces, control characters or \`/\`.`,
  );
}
