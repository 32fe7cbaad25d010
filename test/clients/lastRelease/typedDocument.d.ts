/**
 * Fits where Apollo Client, urql and other libraries take a `TypedDocumentNode`. What `graphql` says of a document differs from version
 * to version, and `never` fits them all.
 */
export interface TypedDocumentNode<Answer, Variables> {
    readonly kind: never;
    readonly definitions: readonly never[];
    /** Never there: it carries the types. */
    readonly __apiType?: (variables: Variables) => Answer;
}
