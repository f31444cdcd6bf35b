const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'ws:': '80',
  'https:': '443',
  'wss:': '443',
};

/**
 * Whether `NO_PROXY` exempts a URL from the proxy. Entries are separated by commas or spaces: `*` matches every host,
 * `example.com` and `.example.com` that host and its subdomains, `*.example.com` only subdomains. An optional port
 * restricts an entry. There is no standard; these are the rules of undici's `EnvHttpProxyAgent`.
 */
export function isExempt(noProxy: string, url: URL): boolean {
  const host = bareHost(url.hostname);
  const port = url.port || DEFAULT_PORTS[url.protocol];
  return noProxy.split(/[,\s]+/).some((text) => {
    // An entry with several colons and no brackets is an IPv6 address without a port.
    const [, entry = text, entryPort = port] = /^(\[.+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
    if (entryPort !== port) return false;
    if (entry === '*') return true;
    const name = bareHost(entry.replace(/^\*?\./, ''));
    return host.endsWith(`.${name}`) || (host === name && !entry.startsWith('*'));
  });
}

/** The host in lower case, without IPv6 brackets and without the trailing dot of a fully qualified name. */
function bareHost(host: string): string {
  return host
    .replace(/^\[(.+)\]$/, '$1')
    .replace(/(.)\.$/, '$1')
    .toLowerCase();
}
