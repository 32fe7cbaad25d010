// Whether a document is valid, where Apollo Server does not look: for subscriptions and for trusted documents. The rules are its own.

import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
} from 'graphql';

/** Errors of one document that are told. */
export const VALIDATION_ERRORS_LIMIT = 10;

export type FaultsOf = (document: DocumentNode) => readonly GraphQLError[];

export function createValidation(schema: GraphQLSchema, introspection: boolean): FaultsOf {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  return (document) => validate(schema, document, rules, { maxErrors: VALIDATION_ERRORS_LIMIT, hideSuggestions: true });
}
