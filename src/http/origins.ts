// Origins as browsers write them in `Origin`, and what may be configured of them. An entry that no browser ever sends is no rule.

/** What a configuration may name. */
export const ORIGINS_EXPECTED =
  'expected origins as a browser sends them, separated by commas: https://app.example.com, https://*.example.com for one label, capacitor://localhost, or null';

/** Pages of these schemes have no origin of their own, or are no pages: a browser never sends it. */
const NEVER_SENT = /^(about|blob|data|file|ftp|javascript|wss?):/;

/** In other schemes than http and https, a browser leaves the host as the app wrote it. */
const OF_AN_APP = /^[a-z][a-z0-9+.-]*:\/\/[\w.~-]+(:\d{1,5})?$/;

/** As some WebViews send it of a page that is a file, and `null` as others do, and every page that is sandboxed. */
const WITHOUT_HOST = ['null', 'file://'];

/** A whole first label, before a domain of two labels or more, or before localhost: `https://*.com` would be everybody. */
const WILDCARD = /^(https?:\/\/)\*(\.(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)+|localhost)(?::\d+)?)$/;

/** An origin's parts about its first label. */
const FIRST_LABEL = /^(https?:\/\/)[a-z0-9_-]{1,63}(\..+)$/;

/** Whether a configured entry can ever be the origin of a page. */
export function canMatch(entry: string): boolean {
  if (WITHOUT_HOST.includes(entry)) return true;
  const [, scheme, domain] = WILDCARD.exec(entry) ?? [];
  if (scheme !== undefined) return isOriginOfWeb(`${scheme}label${domain}`);
  if (/^https?:/.test(entry)) return isOriginOfWeb(entry);
  return OF_AN_APP.test(entry) && !NEVER_SENT.test(entry);
}

/** Without a path, in small letters, without the port that is the scheme's own, and as a host that exists. */
const isOriginOfWeb = (text: string): boolean =>
  !text.includes('*') && URL.canParse(text) && new URL(text).origin === text;

/** Tells which origins are named by entries that can match. In one look-up each, however many entries there are. */
export function originCheck(entries: readonly string[]): (origin: string) => boolean {
  const named = new Set(entries);
  return (origin) => {
    if (named.has(origin)) return !origin.includes('*');
    const [, scheme, domain] = FIRST_LABEL.exec(origin) ?? [];
    return scheme !== undefined && named.has(`${scheme}*${domain}`);
  };
}
