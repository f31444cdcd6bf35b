type Fetch = typeof globalThis.fetch;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment names a proxy that is no URL. The message names the variable, not what it holds: that may be a password. */
export class ProxyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProxyError';
  }
}

/**
 * The proxies that the environment names, in the way of curl: `HTTPS_PROXY` and `HTTP_PROXY`, in lower case too (which
 * wins), with exceptions in `NO_PROXY`.
 *
 * @throws ProxyError when a variable holds no http:// or https:// URL
 */
export function proxiesOf(env: Environment) {
  return {
    httpsProxy: proxyUrl(env, 'HTTPS_PROXY'),
    httpProxy: proxyUrl(env, 'HTTP_PROXY'),
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  };
}

/**
 * A `fetch` through the environment's proxies, or undefined where it names none and the global one will do. The library
 * is loaded with the first request: few need it.
 *
 * @throws ProxyError when a variable holds no http:// or https:// URL
 */
export function fetchThroughProxy(env: Environment): Fetch | undefined {
  const proxies = proxiesOf(env);
  if (proxies.httpsProxy === null && proxies.httpProxy === null) return undefined;
  let loading: Promise<Fetch> | null = null;
  return async (input, init) => {
    loading ??= loadFetch(proxies);
    return (await loading)(input, init);
  };
}

async function loadFetch({ httpsProxy, httpProxy, noProxy }: ReturnType<typeof proxiesOf>): Promise<Fetch> {
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  // An empty text keeps the agent from looking into the process's own environment.
  const dispatcher = new EnvHttpProxyAgent({
    httpsProxy: httpsProxy ?? '',
    httpProxy: httpProxy ?? '',
    noProxy,
  });
  // Node's own `fetch` takes only agents of the undici that it was built with. The types of the two differ in detail alone.
  const proxied = fetch as unknown as (input: unknown, init: unknown) => Promise<Response>;
  return (input, init) => proxied(input, { ...init, dispatcher });
}

function proxyUrl(env: Environment, name: 'HTTPS_PROXY' | 'HTTP_PROXY'): string | null {
  const lower = name.toLowerCase();
  const [variable, value] = env[lower]?.trim() ? [lower, env[lower]] : [name, env[name]];
  const text = value?.trim() ?? '';
  if (text === '') return null;
  // Many write only host and port.
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ProxyError(`${variable} is not the http:// or https:// URL of a proxy.`);
  }
  return url.href;
}
