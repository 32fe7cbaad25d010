// What Apollo Server does here beside its own: it notes what is valid, executes as the fast lane does, and bounds its answers alike.

import type { ApolloServerPlugin } from '@apollo/server';
import { type DocumentNode, getOperationAST, OperationTypeNode } from 'graphql';
import type { Context } from '../context/context';
import { answeredOf, isTooLarge, TOO_LARGE } from './answers';
import type { GraphQLRequest } from './messages';

/** The body that Apollo Server is given: it ignores the document, and parses and validates the text for itself. */
export type ApolloRequest = GraphQLRequest & { readonly document: DocumentNode };

/** @param onValid gets each request whose document Apollo Server has found valid */
export const apolloPlugin = (onValid: (request: GraphQLRequest) => void): ApolloServerPlugin<Context> => ({
  requestDidStart: async () => ({
    /** Apollo Server calls it only for a document that its validation has passed. An answer's status proves no such thing. */
    async didResolveOperation(request) {
      const asked = request.request.http?.body as ApolloRequest | undefined;
      if (!asked) return;
      onValid(asked);
      const { document, operationName } = asked;
      // Its own document has locations: each error of execution would read the text to find its line, and each request that waits
      // for the platform would hold all tokens of its text.
      Object.assign(request, { document, operation: getOperationAST(document, operationName) });
    },
    async willSendResponse({ response, operation }) {
      const { body, http } = response;
      if (body.kind !== 'single') return;
      const { data, errors } = body.singleResult;
      if (errors) body.singleResult.errors = answeredOf(errors);
      if (operation?.operation !== OperationTypeNode.QUERY || !isTooLarge(data)) return;
      body.singleResult = TOO_LARGE.result;
      http.status = TOO_LARGE.status;
    },
  }),
});
