// Where Redis is, as `REDIS_URL` says it: one server, servers that Sentinel watches, or a Cluster. Nothing of it may be repeated to
// anybody, since it may hold passwords.

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

export interface RedisAddress {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly hosts: readonly RedisHost[];
  readonly isTls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** What Sentinel calls the servers; empty without it. */
  readonly name: string;
  /** What Sentinel itself asks for, if it does. */
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
  /** 4 or 6 for one kind of IP address alone, 0 for both. */
  readonly family: number;
}

type Kind = RedisAddress['kind'];

const URL_PARTS = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;
const HOST = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i;

/** Name and database number. */
const PATHS: Readonly<Record<Kind, RegExp>> = {
  server: /^(?:\/(?<database>\d{1,9})?)?$/,
  sentinel: /^\/(?<name>[\w.-]+)(?:\/(?<database>\d{1,9})?)?$/,
  // A Cluster has the database 0 alone.
  cluster: /^(?:\/0?)?$/,
};
const SERVER_QUERY: readonly string[] = ['family'];
const QUERIES: Readonly<Record<Kind, readonly string[]>> = {
  server: SERVER_QUERY,
  sentinel: [...SERVER_QUERY, 'sentinelUsername', 'sentinelPassword'],
  cluster: SERVER_QUERY,
};
const PORTS: Readonly<Record<Kind, number>> = { server: 6379, sentinel: 26_379, cluster: 6379 };

/** @returns undefined if it says nothing that can be used */
export function redisAddressFrom(url: string): RedisAddress | undefined {
  // One that is read from a file may end in a line break.
  const parts = URL_PARTS.exec(url.trim());
  if (!parts) return undefined;
  const [, tls = '', named, credentials = '', hostList = '', path = '', queryText = ''] = parts;
  const kind = (named?.toLowerCase() ?? 'server') as Kind;
  const place = PATHS[kind].exec(path);
  const hosts = hostsFrom(hostList || (kind === 'server' ? 'localhost' : ''), PORTS[kind]);
  const query = new URLSearchParams(queryText);
  const family = query.get('family') ?? '0';
  const isKnown = [...query.keys()].every((key) => QUERIES[kind].includes(key)) && /^[046]$/.test(family);
  const [username, password] = credentialsFrom(credentials) ?? [];
  if (!place || !hosts || !isKnown || username === undefined || (kind === 'server' && hosts.length > 1))
    return undefined;
  return {
    kind,
    hosts,
    isTls: tls !== '',
    username: username || undefined,
    password: password || undefined,
    database: Number(place.groups?.database ?? 0),
    name: place.groups?.name ?? '',
    sentinelUsername: query.get('sentinelUsername') ?? undefined,
    sentinelPassword: query.get('sentinelPassword') ?? undefined,
    family: Number(family),
  };
}

function hostsFrom(list: string, usualPort: number): RedisHost[] | undefined {
  const hosts = list.split(',').map((text) => {
    const [, v6, name, port = String(usualPort)] = HOST.exec(text.trim()) ?? [];
    return { host: v6 ?? name ?? '', port: Number(port) };
  });
  return hosts.every(({ host, port }) => host !== '' && port > 0 && port < 65_536) ? hosts : undefined;
}

/** The user and the password, which may be percent-encoded. */
function credentialsFrom(text: string): [string, string] | undefined {
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(text) ?? [];
  try {
    return [decodeURIComponent(username), decodeURIComponent(password)];
  } catch {
    return undefined;
  }
}
