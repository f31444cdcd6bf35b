import type { Network } from './network.ts';
import { isExcepted } from './no-proxy.ts';

type Fetch = typeof globalThis.fetch;
type ProxyFor = (url: URL) => URL | null;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment names a proxy that is no URL. The message names the variable, not what it holds: that may be a password. */
export class ProxyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProxyError';
  }
}

/**
 * The network through the proxies that the environment names: `HTTPS_PROXY` for what is encrypted, `HTTP_PROXY` for the
 * rest, and for both where there is no other, with exceptions in `NO_PROXY`; in lower case too, which wins. Where no proxy
 * is named, requests are made by the global `fetch`.
 *
 * @throws ProxyError when a variable holds no http:// or https:// URL
 */
export function environmentNetwork(env: Environment): Network {
  const httpProxy = proxyUrl(env, 'HTTP_PROXY');
  const httpsProxy = proxyUrl(env, 'HTTPS_PROXY') ?? httpProxy;
  const noProxy = env.no_proxy ?? env.NO_PROXY ?? '';
  const proxyFor: ProxyFor = (url) => {
    if (isExcepted(noProxy, url)) return null;
    return /^(https|wss):$/.test(url.protocol) ? httpsProxy : httpProxy;
  };
  return {
    fetch: httpsProxy === null ? globalThis.fetch : fetchThroughProxies(proxyFor),
    routesTo: async (url) => [proxyFor(url) ?? 'direct'],
  };
}

/** The library is loaded with the first request: few need it. */
function fetchThroughProxies(proxyFor: ProxyFor): Fetch {
  let loading: Promise<Fetch> | null = null;
  return async (input, init) => {
    loading ??= loadFetch(proxyFor);
    return (await loading)(input, init);
  };
}

async function loadFetch(proxyFor: ProxyFor): Promise<Fetch> {
  const { Agent, fetch, Pool, ProxyAgent } = await import('undici');
  const dispatcher = new Agent({
    factory(origin, options) {
      const proxy = proxyFor(new URL(origin));
      return proxy === null ? new Pool(origin, options) : new ProxyAgent(proxy.href);
    },
  });
  // Node's own `fetch` takes only agents of the undici that it was built with. The types of the two differ in detail alone.
  const proxied = fetch as unknown as (input: unknown, init: unknown) => Promise<Response>;
  return (input, init) => proxied(input, { ...init, dispatcher });
}

function proxyUrl(env: Environment, name: 'HTTPS_PROXY' | 'HTTP_PROXY'): URL | null {
  const lower = name.toLowerCase();
  const [variable, value] = env[lower]?.trim() ? [lower, env[lower]] : [name, env[name]];
  const text = value?.trim() ?? '';
  if (text === '') return null;
  // Many write only host and port.
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ProxyError(`${variable} is not the http:// or https:// URL of a proxy.`);
  }
  return url;
}
