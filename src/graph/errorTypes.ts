// The error types that clients see, one class each. Which refusal becomes which is the table in errors.ts.

import { Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { Device } from './device';
import { TokenApiNextStep } from './nextStep';

/** What every error says. */
export interface ErrorFields {
  code: string;
  message: string;
  requestId: string;
  nextStep: TokenApiNextStep;
  retryAfterMs: number | null;
}

@InterfaceType({
  description: `Why something was not done or is not known. Every error of this API implements it, later ones too: always select it.
("Token API" is the platform's interface for signed-in users. Not every such error is about a token.)`,
  resolveType: (value: object) => value.constructor.name,
})
export abstract class TokenApiError {
  @Field(() => String, {
    description: `The platform's code as it came, such as \`FailedOperation.DeviceOffline\`, or \`HTTP_<status>\` for a refusal without one. The gateway's own, where the platform
was not asked or gave no usable answer: \`Gateway.InvalidArgument\`, \`Gateway.NoAccessToken\`, \`Gateway.NotSent\`, \`Gateway.RateLimited\`, \`Gateway.OutcomeUnknown\`, \`Gateway.NoAnswer\`. Do not branch on it: \`__typename\` and \`nextStep\` are for that.`,
  })
  readonly code: string;

  @Field(() => String, {
    description:
      'For developers, logs and support, in English, at most 500 characters: one sentence of the gateway, or `The platform says: "…"` around the words of the platform (often Chinese). Do not show it to users: choose your own words by `__typename` and `nextStep`.',
  })
  readonly message: string;

  @Field(() => ID, {
    description: "The RequestId that was sent, or would have been: what to quote to the platform's support.",
  })
  readonly requestId: string;

  @Field(() => TokenApiNextStep, {
    description: 'What the app should do now. Treat a value you do not know as `GIVE_UP`.',
  })
  readonly nextStep: TokenApiNextStep;

  @Field(() => Int, {
    nullable: true,
    description: 'If `nextStep` is `RETRY`: not before so many milliseconds. Else null.',
  })
  readonly retryAfterMs: number | null;

  constructor(fields: ErrorFields) {
    this.code = fields.code;
    this.message = fields.message;
    this.requestId = fields.requestId;
    this.nextStep = fields.nextStep;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** The four that only a confirm can answer. They carry the device that was meant. */
abstract class ConfirmError extends TokenApiError {
  readonly device: Device;

  constructor(fields: ErrorFields, device: Device) {
    super(fields);
    this.device = device;
  }
}

const theDevice = 'The device that was meant.';

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description: 'The device is offline: it was not upgraded. `FailedOperation.DeviceOffline`. WAIT_FOR_DEVICE.',
})
export class DeviceOfflineError extends ConfirmError {
  @Field(() => Device, { description: theDevice })
  declare readonly device: Device;
}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'There is no firmware for the device, or it never reported a version. `ResourceNotFound.DeviceHasNoFirmware`. GIVE_UP.',
})
export class DeviceHasNoFirmwareError extends ConfirmError {
  @Field(() => Device, { description: theDevice })
  declare readonly device: Device;
}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'An upgrade is running already: follow it. `UnsupportedOperation.DeviceOtaTaskInProgress`, `FailedOperation.OtherUpdateTaskExist`. CHECK_STATUS.',
})
export class FirmwareUpgradeInProgressError extends ConfirmError {
  @Field(() => Device, { description: theDevice })
  declare readonly device: Device;
}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'The confirm may have reached the platform, and no usable answer came. It was not and will not be repeated. CHECK_STATUS.',
})
export class FirmwareUpgradeOutcomeUnknownError extends ConfirmError {
  @Field(() => Device, {
    description:
      'The device that was meant: select `firmwareUpgrade` on it to see in the same answer what became of it.',
  })
  declare readonly device: Device;
}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'A value is wrong: the platform says so (`InvalidParameterValue` and sub-codes without a type of their own), or the gateway did not send it. FIX_REQUEST.',
})
export class TokenApiInvalidParameterValueError extends TokenApiError {}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'No token came (is the `Authorization` header passed on by every hop?), it cannot be one, or the platform does not accept it. `InvalidParameterValue.InvalidAccessToken`. SIGN_IN.',
})
export class TokenApiInvalidAccessTokenError extends TokenApiError {}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'The user may not do this with the device, because it is shared with them, for one. `InvalidParameterValue.NoPermission`, `UnauthorizedOperation` and sub-codes. GIVE_UP.',
})
export class TokenApiNoPermissionError extends TokenApiError {}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'The platform does not know what was named. `ResourceNotFound` and sub-codes without a type of their own. GIVE_UP.',
})
export class TokenApiResourceNotFoundError extends TokenApiError {}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'The platform could not do it. `FailedOperation` and sub-codes without a type of their own. Of a confirm: CHECK_STATUS; `.DeviceFirmwareIsUpdated`: GIVE_UP, for the device has what is offered. Of a read: RETRY; `.DeviceOffline` and `.DeviceInfoOutdated`: WAIT_FOR_DEVICE.',
})
export class TokenApiFailedOperationError extends TokenApiError {}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'The platform broke: `InternalError` and sub-codes. Its own words are withheld. Of a confirm: CHECK_STATUS. Of a read: RETRY.',
})
export class TokenApiInternalError extends TokenApiError {}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    "Too many requests: refused, nothing was done. `RequestLimitExceeded` and sub-codes, HTTP 429, or `Gateway.RateLimited`: this user takes more than a user's share of the gateway. RETRY.",
})
export class TokenApiRateLimitedError extends TokenApiError {}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    "Of a confirm: certainly not one byte of it was sent. Of a read: no usable answer came. RETRY; GIVE_UP if the platform's certificate cannot be trusted.",
})
export class TokenApiUnavailableError extends TokenApiError {}

@ObjectType({
  simpleResolvers: true,
  implements: TokenApiError,
  description:
    'A refusal with a code, or an HTTP status, that this gateway has no type for: see `code`. Of a confirm: CHECK_STATUS. Of a read, or for `HTTP_<status>`: GIVE_UP.',
})
export class TokenApiUnknownCodeError extends TokenApiError {}
