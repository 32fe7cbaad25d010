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

  /** @param id where it is there already: to put it together anew costs a text and, once it is looked up, its hash */
  constructor(productId: string, deviceName: string, id = `${productId}/${deviceName}`) {
    this.id = id;
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

/** Why a value names no device. Not an exception: a list may hold a thousand of them, and each exception would record its stack. */
type Fault = string;

/**
 * The device of these two names, whether or not it exists.
 *
 * @throws InvalidArgument if a name cannot be one
 */
export function deviceFrom(productId: unknown, deviceName: unknown): Device {
  const found = deviceOrFault(productId, deviceName);
  if (typeof found === 'string') throw new InvalidArgument(found);
  return found;
}

export function deviceOrFault(productId: unknown, deviceName: unknown, id?: string): Device | Fault {
  if (!isName(productId)) return noName('productId');
  return isName(deviceName) ? new Device(productId, deviceName, id) : noName('deviceName');
}

export function deviceOrFaultFromId(id: unknown): Device | Fault {
  const slash = typeof id === 'string' ? id.indexOf('/') : -1;
  if (typeof id !== 'string' || slash === -1 || id.includes('/', slash + 1))
    return 'A device id is expected to be `<ProductId>/<DeviceName>`.';
  return deviceOrFault(id.slice(0, slash), id.slice(slash + 1), id);
}

/** Entries in `errors` of one answer. */
export const ERRORS_LIMIT = 100;

/**
 * The devices of a list. What names none is null and an entry in `errors`, for that one alone; beyond `ERRORS_LIMIT` it is null
 * without one, since it would not be answered.
 */
export function devicesFrom(found: readonly (Device | Fault)[]): (Device | GraphQLError | null)[] {
  let errors = 0;
  return found.map((device) => {
    if (typeof device !== 'string') return device;
    return ++errors <= ERRORS_LIMIT ? badUserInput(device) : null;
  });
}

export const badUserInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value);

const noName = (argument: string): Fault =>
  `${argument} is expected to have 1 to 128 characters, without spaces, control characters or \`/\`.`;
