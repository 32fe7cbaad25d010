// What comes into the engine and what goes out of it.

/** The members of a GraphQL request over HTTP. Others that came are ignored, as the specification says. */
export interface GraphQLRequest {
  query: string;
  operationName: string | null;
  variables: Record<string, unknown> | null;
  extensions: Record<string, unknown> | null;
}

/** An HTTP status, and a body of JSON. */
export interface GraphQLAnswer {
  status: number;
  body: string | Buffer;
}
