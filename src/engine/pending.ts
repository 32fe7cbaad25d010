// An object of which some fields are still awaited.

export type Data = Record<string, unknown>;

export interface Pending {
  readonly name: string;
  readonly value: Promise<unknown>;
}

const allOf = (pending: readonly Pending[]): Promise<unknown[]> => Promise.all(pending.map(({ value }) => value));

/** The object, once they are in their places. */
export function whenSettled(data: Data, pending: readonly Pending[]): Promise<Data> {
  const put = (name: string, value: unknown): Data => {
    data[name] = value;
    return data;
  };
  const [first, ...others] = pending;
  if (first && others.length === 0) return first.value.then((value) => put(first.name, value));
  return allOf(pending).then((values) => {
    for (const [i, { name }] of pending.entries()) put(name, values[i]);
    return data;
  });
}

/** Rejects with the cause, once they are there or one has failed: that they may fail as well is to be taken notice of. */
export const whenFailed = (cause: unknown, pending: readonly Pending[]): Promise<never> =>
  allOf(pending).finally(() => {
    throw cause;
  }) as Promise<never>;
