// Settings for Apollo Client's `InMemoryCache`, to copy beside possibleTypes.json:
// `new InMemoryCache({ possibleTypes, typePolicies })`.

import type { FieldMergeFunction, TypePolicies } from '@apollo/client';

/**
 * Merges what two queries selected of the same thing; and keeps what is known while the newer answer is an error that says
 * RETRY, or else one failed poll takes the progress off every view. Any other error takes its place.
 */
const kept: FieldMergeFunction = (existing, incoming, { mergeObjects, readField }) => {
  const isRefused = readField('nextStep', incoming) === 'RETRY';
  const isKnown = existing && readField('nextStep', existing) === undefined;
  return isRefused && isKnown ? existing : mergeObjects(existing, incoming);
};

export const typePolicies: TypePolicies = {
  Device: { fields: { connectivity: { merge: kept }, firmware: { merge: kept }, firmwareUpgrade: { merge: kept } } },
  FirmwareRelease: { merge: true },
  // A page for each `first` and `after`: no page is written over another, and none is put together of two.
  Query: { fields: { myDevices: { keyArgs: ['first', 'after'], merge: kept } } },
};
