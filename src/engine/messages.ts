// What comes into the engine and what goes out of it.

/** The members of a GraphQL request over HTTP, as they came. Others are ignored, as the specification says. */
export interface AskedRequest {
  readonly query: string | null;
  /** Names a document that the gateway has. */
  readonly documentId: string | null;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown> | null;
  readonly extensions: Record<string, unknown> | null;
  /** It changes nothing: no mutation is executed. */
  readonly isGet: boolean;
}

/** A request whose document is there. */
export interface GraphQLRequest extends AskedRequest {
  readonly query: string;
  /** The SHA-256 of the document, by which it is to be found from now on, once it is known to be valid. */
  readonly persistAs?: string;
}

/** An HTTP status, and a body of JSON. */
export interface GraphQLAnswer {
  status: number;
  body: string | Buffer;
}

/** What is to be executed, or why nothing is. */
export type FoundRequest = GraphQLRequest | GraphQLAnswer;

export const isAnswer = (found: FoundRequest): found is GraphQLAnswer => 'status' in found;

/** An answer that is one error. */
export const refusal = (status: number, code: string, message: string, more: object = {}): GraphQLAnswer => ({
  status,
  body: `${JSON.stringify({ errors: [{ message, ...more, extensions: { code } }] })}\n`,
});
