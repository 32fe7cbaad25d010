// A file under deploy/ imports what its router's project has installed. In the tests, that is what is installed here:
// whoever imports this page first can load such a file as it is.

import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const DEPLOY = new URL('../../deploy/', import.meta.url).href;

if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  const isPackage = !/^(\.|\/|file:|node:)/.test(specifier);
  if (isPackage && context.parentURL?.startsWith(DEPLOY))
    return next(specifier, { ...context, parentURL: import.meta.url });
  return next(specifier, context);
}
