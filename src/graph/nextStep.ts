// What a client should do about an error: the one vocabulary of all of them.

import { registerEnumType } from 'type-graphql';

export enum TokenApiNextStep {
  RETRY = 'RETRY',
  SIGN_IN = 'SIGN_IN',
  WAIT_FOR_DEVICE = 'WAIT_FOR_DEVICE',
  CHECK_STATUS = 'CHECK_STATUS',
  FIX_REQUEST = 'FIX_REQUEST',
  GIVE_UP = 'GIVE_UP',
}

registerEnumType(TokenApiNextStep, {
  name: 'TokenApiNextStep',
  description: 'What the app should do about an error. Values may be added.',
  valuesConfig: {
    RETRY: {
      description: 'Nothing was done: the same request may be sent again after `retryAfterMs`. Stop after a few.',
    },
    SIGN_IN: { description: 'Let the user sign in, then send the request with the new token.' },
    WAIT_FOR_DEVICE: {
      description:
        'Ask the user to bring the device online. Offer the confirm again when `connectivity` says `ONLINE`.',
    },
    CHECK_STATUS: {
      description:
        'Of a confirm only: something may have been started. Do not repeat it by yourself; follow `Device.firmwareUpgrade` and let the user confirm again only once it has left `SETTLING` and does not move.',
    },
    FIX_REQUEST: { description: 'The request is wrong: a fault of the app. Repeating it cannot help.' },
    GIVE_UP: { description: 'Nothing the app can do helps. Tell the user, with `requestId`.' },
  },
});
