// The four ways to speak to the gateway that are tested, by name.

import { createApollo } from './apollo';
import type { Client, ClientOptions } from './client';
import { createPreset } from './preset';
import { createRelay } from './relay';
import { createUrql } from './urql';

export const everyClient: readonly [name: string, create: (options: ClientOptions) => Client][] = [
  ['Apollo Client', createApollo],
  ['urql with Graphcache', createUrql],
  ['Relay', createRelay],
  ['the client preset', createPreset],
];
