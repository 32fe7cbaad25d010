// What Apollo Server does here beside its own: it notes what is valid, executes as the fast lane does, and bounds its answers alike.

import type { ApolloServerPlugin } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import type { Context } from '../context/context';
import { answeredOf, isTooLarge, TOO_LARGE } from './answers';
import { type Documents, isFault } from './documents';

export const apolloPlugin = (documents: Documents): ApolloServerPlugin<Context> => ({
  requestDidStart: async () => ({
    /** Apollo Server calls it only for a document that its validation has passed. An answer's status proves no such thing. */
    async didResolveOperation(request) {
      documents.setValid(request.source);
      const found = documents.get(request.source);
      // Its own document has locations, and each error of execution would read the text to find its line.
      if (!isFault(found)) Object.assign(request, { document: found.document });
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
