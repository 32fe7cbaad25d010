/** Where the files of the local explorer are: under the version of the package that they come from. */
export const assets = `/explorer/${(require('altair-static/package.json') as { version: string }).version}/`;
