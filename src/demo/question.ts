// What the upgrade in the terminal asks the gateway, as any app would: four documents over the public GraphQL API, and the
// shapes of their answers. Knows no word of the tokenapi.

/** Where the demo serves unless told otherwise. */
export const DEFAULT_URL = 'http://localhost:4000/graphql';

const REFUSED = /* GraphQL */ `fragment Refused on TokenApiError { code message requestId nextStep retryAfterMs }`;

export const OFFER = /* GraphQL */ `query Offer($productId: String!, $deviceName: String!) {
  device(productId: $productId, deviceName: $deviceName) {
    connectivity { __typename ...Refused ... on DeviceConnectivity { state } }
    firmware {
      __typename
      ...Refused
      ... on DeviceFirmware { currentVersion targetVersion updateAvailable release { name notes createdAt } }
    }
  }
}
${REFUSED}`;

export const CONFIRM = /* GraphQL */ `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) {
    __typename
    ...Refused
    ... on ConfirmFirmwareUpgradeSuccess { requestId }
  }
}
${REFUSED}`;

const UPGRADE = /* GraphQL */ `firmwareUpgrade {
      __typename
      ...Refused
      ... on FirmwareUpgrade { phase percent fromVersion toVersion isFinal failureReason pollAfterMs platformStatus }
    }`;

export const FOLLOW = /* GraphQL */ `query Follow($productId: String!, $deviceName: String!) {
  device(productId: $productId, deviceName: $deviceName) {
    ${UPGRADE}
  }
}
${REFUSED}`;

export const FOLLOW_PUSHED = /* GraphQL */ `subscription FollowPushed($productId: String!, $deviceName: String!) {
  firmwareUpgradeProgress(productId: $productId, deviceName: $deviceName) {
    device {
      ${UPGRADE}
    }
  }
}
${REFUSED}`;

/** A `TokenApiError` of whichever type. */
export interface Refused {
  __typename: string;
  code: string;
  message: string;
  requestId: string;
  nextStep: string;
  retryAfterMs: number | null;
}

export type Result<T> = ({ __typename: string } & T) | Refused;

export function isRefused(result: Result<object>): result is Refused {
  return 'nextStep' in result;
}

export interface Firmware {
  currentVersion: string | null;
  targetVersion: string | null;
  updateAvailable: boolean;
  release: { name: string | null; notes: string | null; createdAt: string | null } | null;
}

export interface Upgrade {
  phase: string;
  percent: number | null;
  fromVersion: string | null;
  toVersion: string | null;
  isFinal: boolean;
  failureReason: string | null;
  pollAfterMs: number | null;
  platformStatus: number | null;
}

export interface OfferAnswer {
  device: { connectivity: Result<{ state: string }> | null; firmware: Result<Firmware> | null } | null;
}
export interface ConfirmAnswer {
  confirmFirmwareUpgrade: Result<{ requestId: string }>;
}
export interface FollowAnswer {
  device: { firmwareUpgrade: Result<Upgrade> | null } | null;
}

export interface PushedAnswer {
  firmwareUpgradeProgress: { device: NonNullable<FollowAnswer['device']> };
}

export interface Target {
  url: string;
  token: string;
  productId: string;
  deviceName: string;
}

/** Longer than the gateway's own patience with the platform. */
const TIMEOUT_MS = 30_000;

export interface Reply<Answer> {
  data?: Answer | null;
  /** Why there is no data, or what came with it; '' if nothing. */
  trouble: string;
  /** Nothing that is GraphQL answered at the URL. */
  isUnreachable: boolean;
}

const requestOf = (
  document: string,
  { token, productId, deviceName }: Target,
  accept: string,
  signal: AbortSignal,
) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` },
  body: JSON.stringify({ query: document, variables: { productId, deviceName } }),
  signal,
});

/**
 * Sends one document, once. Never throws: for a confirm, every way of having no data means the same, that its outcome is
 * unknown.
 */
export async function ask<Answer>(document: string, target: Target): Promise<Reply<Answer>> {
  try {
    const request = requestOf(document, target, 'application/json', AbortSignal.timeout(TIMEOUT_MS));
    const response = await fetch(target.url, request);
    const answer = (await response.json()) as { data?: Answer | null; errors?: Array<{ message: string }> };
    return { ...answer, trouble: answer.errors?.[0]?.message ?? '', isUnreachable: false };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string } };
    return { trouble: cause?.code ?? message, isUnreachable: true };
  }
}

/** The events of a subscription, by server-sent events. @throws Error if the stream cannot be had, or breaks */
export async function* eventsOf<Answer>(
  document: string,
  target: Target,
): AsyncGenerator<{ data?: Answer | null }, undefined> {
  const leaving = new AbortController();
  try {
    const response = await fetch(target.url, requestOf(document, target, 'text/event-stream', leaving.signal));
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    let text = '';
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (text + piece).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^event: next\ndata: (.*)$/.exec(event)?.[1];
        if (data !== undefined) yield JSON.parse(data);
      }
    }
    return undefined;
  } finally {
    leaving.abort();
  }
}
