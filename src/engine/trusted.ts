// Trusted documents are looked at once, at the start, as every document is: within the limits, not too costly, valid. They are never
// forgotten, so a request that names one always takes the fast lane.

import { demandOf } from './cost';
import { type Documents, isFault } from './documents';
import { faultOfDocument, type Manifest } from './manifest';
import type { FaultsOf } from './validation';

/** @throws ManifestFault that names the first document that cannot be executed */
export function keepTrusted(manifest: Manifest | undefined, documents: Documents, faultsOf: FaultsOf): void {
  for (const [id, text] of manifest ?? []) {
    const kept = documents.keep(text);
    if (isFault(kept)) throw faultOfDocument(id, kept.message);
    const [invalid] = faultsOf(kept.document);
    if (invalid) throw faultOfDocument(id, invalid.message);
    if (kept.plans.length === 0) throw faultOfDocument(id, 'it holds no operation');
    for (const plan of kept.plans) {
      // What its variables will hold is measured in each request.
      const demand = demandOf(plan, null);
      if (typeof demand !== 'number') throw faultOfDocument(id, demand.message);
    }
    kept.isValid = true;
  }
}
