/**
 * A route to a server: direct, or through the proxy at an http:, https:, socks4: or socks5: URL, which includes the
 * user and password if the proxy requires them.
 */
export type Route = URL | 'direct';

/**
 * Returns the routes to a URL in the order in which they are tried. It is called before every connection, because the
 * proxy may change while the program runs.
 */
export type RoutesTo = (url: URL) => Promise<readonly Route[]>;

/** How the program reaches the network. A host that knows the system's proxy provides its own. */
export type Network = {
  readonly fetch: typeof globalThis.fetch;
  /** For WebSockets, with wss: or ws: URLs. */
  readonly routesTo: RoutesTo;
};

/** The target of a connection; `host` has no IPv6 brackets. */
export type Endpoint = { readonly host: string; readonly port: number };
