import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A request whose body is streamed. */
export type HttpPut = {
  /** Resolves when the connection can accept more. Rejects when it is broken or the server has already responded. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the body; resolves with the response. */
  end(): Promise<HttpResponse>;
  /** The response; rejects with the reason when there is none. */
  readonly response: Promise<HttpResponse>;
  destroy(): void;
};

export type HttpResponse = { readonly status: number; readonly body: string };

/**
 * Begins a PUT. Does not use `fetch`: data nodes of HDFS may send `100 Continue` without a request for it, which undici rejects
 * as a bad response.
 */
export function beginPut(url: URL): HttpPut {
  const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = begin(url, { method: 'PUT' });
  const { promise: response, resolve, reject } = Promise.withResolvers<HttpResponse>();
  response.catch(() => undefined); // thrown by the next write, or by end
  request.on('error', reject);
  request.on('close', () => reject(new Error('the connection was closed without a response')));
  request.on('response', (incoming) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body }));
    incoming.on('error', reject);
  });
  return {
    response,
    async write(bytes) {
      if (request.write(bytes)) return;
      const drained = Promise.withResolvers<void>();
      request.once('drain', drained.resolve);
      await Promise.race([drained.promise, response]);
    },
    end() {
      request.end();
      return response;
    },
    destroy() {
      request.destroy();
    },
  };
}
