export type HttpRequest = {
  readonly url: string;
  /** POST when absent. */
  readonly method?: 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the user allows an address of their own network, also without encryption. */
  readonly allowPrivate?: boolean;
};

export type HttpResponse = {
  readonly status: number;
  readonly headers: Headers;
  /** At most the first 64 kB. */
  readonly text: string;
};

/**
 * Sends a request to https:// on the public internet, or to this machine; elsewhere only where the user allows it. Private
 * addresses are recognised when the connection is made, so that no DNS answer and no redirect leads to one. Redirects that
 * keep the method (307, 308) are followed three times; another host gets no credentials then.
 *
 * @throws DeliveryError `refused` when the address is not allowed, `certificate` or `unreachable`. The message names the
 *   host and nothing else of the URL, which may be a secret
 */
export type SendHttp = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;
