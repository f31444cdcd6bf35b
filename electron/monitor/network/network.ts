/**
 * A way to a server: through the proxy at an http:, https:, socks4: or socks5: URL, with its user and password if it wants
 * them, or directly.
 */
export type Route = URL | 'direct';

/**
 * The ways that a connection to a URL may take, in the order in which they are tried. It is asked before every connection,
 * since a proxy changes with the place: at home, in the office.
 */
export type RoutesTo = (url: URL) => Promise<readonly Route[]>;

/** How the program gets out. A host that knows the system's proxy brings its own. */
export type Network = {
  readonly fetch: typeof globalThis.fetch;
  /** For WebSockets, whose URLs are wss: or ws:. */
  readonly routesTo: RoutesTo;
};

/** Where a connection leads; `host` is without the brackets of IPv6. */
export type Endpoint = { readonly host: string; readonly port: number };
