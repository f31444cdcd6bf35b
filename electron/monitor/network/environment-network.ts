import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import type { Network } from './network.ts';
import { isExempt } from './no-proxy.ts';

type Fetch = typeof globalThis.fetch;
type ProxyFor = (url: URL) => URL | null;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A proxy variable of the environment is not a URL. The message names the variable but not its value, which may
 * contain a password.
 */
export class ProxyError extends MessageError {
  constructor(variable: string) {
    super(message('proxy.not-a-url', { variable }));
    this.name = 'ProxyError';
  }
}

/**
 * Creates the network that uses the proxies of the environment: `HTTPS_PROXY` for encrypted connections, `HTTP_PROXY`
 * for the others (and for both without an `HTTPS_PROXY`), with exceptions in `NO_PROXY`. Lower-case names take
 * precedence. Without a proxy, requests use the global `fetch`.
 *
 * @throws ProxyError when a variable holds no http:// or https:// URL
 */
export function environmentNetwork(env: Environment): Network {
  const httpProxy = proxyUrl(env, 'HTTP_PROXY');
  const httpsProxy = proxyUrl(env, 'HTTPS_PROXY') ?? httpProxy;
  const noProxy = env.no_proxy ?? env.NO_PROXY ?? '';
  const proxyFor: ProxyFor = (url) => {
    if (isExempt(noProxy, url)) return null;
    return /^(https|wss):$/.test(url.protocol) ? httpsProxy : httpProxy;
  };
  return {
    fetch: httpsProxy === null ? globalThis.fetch : fetchThroughProxies(proxyFor),
    routesTo: async (url) => [proxyFor(url) ?? 'direct'],
  };
}

/** Loads the library with the first request, because few users need it. */
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
  // Node's own `fetch` accepts only agents of its built-in undici. The types of the two differ only in details.
  const proxied = fetch as unknown as (input: unknown, init: unknown) => Promise<Response>;
  return (input, init) => proxied(input, { ...init, dispatcher });
}

function proxyUrl(env: Environment, name: 'HTTPS_PROXY' | 'HTTP_PROXY'): URL | null {
  const lower = name.toLowerCase();
  const [variable, value] = env[lower]?.trim() ? [lower, env[lower]] : [name, env[name]];
  const text = value?.trim() ?? '';
  if (text === '') return null;
  // Many users write only host and port.
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ProxyError(variable);
  }
  return url;
}
