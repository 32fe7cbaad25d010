// From three subgraph schemas to one supergraph schema, by either composer. The names are those that deploy/ speaks of.

import { readFileSync } from 'node:fs';
import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByTheGuild } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { ROOMS_SDL, STOCK_SDL } from './neighbours.mjs';

export const FIRMWARE_SDL = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

export const composers = {
  '@apollo/composition': composeByApollo,
  '@theguild/federation-composition': composeByTheGuild,
};

const SDL = { firmware: FIRMWARE_SDL, rooms: ROOMS_SDL, stock: STOCK_SDL };

/** @param urls subgraph name → where it is */
export const servicesAt = (urls) =>
  Object.entries(urls).map(([name, url]) => ({ name, url, typeDefs: parse(SDL[name]) }));
