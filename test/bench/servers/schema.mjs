// What the peers serve: the confirm, its success and one error, as this gateway's clients see them.

import { randomUUID } from 'node:crypto';
import { callBodyFrom } from '../upstreamCall.mjs';

export const typeDefs = `
  type Query { ok: Boolean }
  type Mutation { confirmFirmwareUpgrade(productId: String!, deviceName: String!): ConfirmFirmwareUpgradeResult! }
  union ConfirmFirmwareUpgradeResult = ConfirmFirmwareUpgradeSuccess | TokenApiError
  type ConfirmFirmwareUpgradeSuccess { requestId: ID! }
  type TokenApiError { code: String! message: String! requestId: ID! }
`;

/**
 * Resolvers that confirm by one of the clients of `upstreamCall.mjs`.
 *
 * @param authorizationFrom the header as it came, from the peer's own context
 */
export const resolversWith = (call, authorizationFrom) => ({
  Mutation: {
    async confirmFirmwareUpgrade(_source, args, context) {
      const { Response } = await call(callBodyFrom(args, authorizationFrom(context), randomUUID()));
      const { RequestId: requestId, Error: refusal } = Response;
      if (refusal) return { __typename: 'TokenApiError', code: refusal.Code, message: refusal.Message, requestId };
      return { __typename: 'ConfirmFirmwareUpgradeSuccess', requestId };
    },
  },
});
