// What an entry of the tokenapi is to the client: a name, the shape of its parameters and of its payload.

/** An entry of the tokenapi. Its parameters and payload are in the wire's own casing. */
export interface Action<Parameters extends object, Payload> {
  readonly name: string;
  /** A write is never sent twice; a read without an answer is tried once more. */
  readonly writes: boolean;
  /**
   * Members of the payload that are compared with what was asked for and never repeated to anybody. They are left as they came, where
   * every other text is rid of the token.
   */
  readonly compared?: ReadonlySet<string>;
  /** The payload from the fields of an answer. Whatever it throws means that the call has no usable answer. */
  readonly parse: (fields: Record<string, unknown>, parameters: Parameters) => Payload;
}
