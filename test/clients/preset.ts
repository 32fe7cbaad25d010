// No client library: the typed documents of graphql-codegen's client preset, sent by `fetch`.

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import {
  ConfirmFirmwareUpgradeDocument,
  DeviceFirmwareDocument,
  FollowFirmwareUpgradeDocument,
} from './artefacts/preset/graphql';
import { type Client, type ClientOptions, headersFor, required, variablesFor } from './client';

export function createPreset(options: ClientOptions): Client {
  async function send<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables) {
    const response = await fetch(options.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersFor(options) },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
    return required(data, JSON.stringify(errors));
  }

  return {
    ask: async (deviceName) => required((await send(DeviceFirmwareDocument, variablesFor(deviceName))).device),
    confirm: async (deviceName) =>
      (await send(ConfirmFirmwareUpgradeDocument, variablesFor(deviceName))).confirmFirmwareUpgrade,
    follow: async (deviceName) =>
      required((await send(FollowFirmwareUpgradeDocument, variablesFor(deviceName))).device),
    stop: () => undefined,
  };
}
