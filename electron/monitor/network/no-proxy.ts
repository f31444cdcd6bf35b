const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'ws:': '80',
  'https:': '443',
  'wss:': '443',
};

/**
 * Whether `NO_PROXY` excepts a URL. Its entries are separated by commas or spaces: `*` is every host, `example.com` and
 * `.example.com` that host and those below it, `*.example.com` only those below. A port after it narrows an entry down.
 * There is no standard; these are the rules of undici's `EnvHttpProxyAgent`.
 */
export function isExcepted(noProxy: string, url: URL): boolean {
  const host = bareHost(url.hostname);
  const port = url.port || DEFAULT_PORTS[url.protocol];
  return noProxy.split(/[,\s]+/).some((text) => {
    // What has more than one colon and no brackets is an IPv6 address without a port.
    const [, entry = text, entryPort = port] = /^(\[.+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
    if (entryPort !== port) return false;
    if (entry === '*') return true;
    const name = bareHost(entry.replace(/^\*?\./, ''));
    return host.endsWith(`.${name}`) || (host === name && !entry.startsWith('*'));
  });
}

/** In lower case, without the brackets of IPv6 and the dot that ends a full name. */
function bareHost(host: string): string {
  return host
    .replace(/^\[(.+)\]$/, '$1')
    .replace(/(.)\.$/, '$1')
    .toLowerCase();
}
