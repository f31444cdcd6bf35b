export type HttpRequest = {
  readonly url: string;
  /** POST when absent. */
  readonly method?: 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the user allows private addresses, also without encryption. */
  readonly allowPrivate?: boolean;
};

export type HttpResponse = {
  readonly status: number;
  readonly headers: Headers;
  /** At most the first 64 kB. */
  readonly text: string;
};

/**
 * Sends a request to https:// on the public internet, or to this machine; to other addresses only if the user allows it. Private
 * addresses are recognized when the connection is made, so that no DNS response and no redirect leads to one. Redirects that keep
 * the method (307, 308) are followed three times; another host then gets no credentials.
 *
 * @throws DeliveryError `refused` when the address is not allowed, `certificate` or `unreachable`. The message names only the
 *   host, because the rest of the URL may be a secret
 */
export type SendHttp = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;
