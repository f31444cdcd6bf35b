import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A request whose body is sent piece by piece. */
export type HttpPut = {
  /** Resolves when the connection can take more. Rejects when it has broken, or the server has answered already. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the body; resolves with the answer. */
  end(): Promise<HttpAnswer>;
  /** The answer, or why there is none. */
  readonly answer: Promise<HttpAnswer>;
  destroy(): void;
};

export type HttpAnswer = { readonly status: number; readonly body: string };

/**
 * Begins a PUT. Not `fetch`: data nodes of HDFS send `100 Continue` without being asked to, as they may, and undici takes that
 * for a bad response.
 */
export function beginPut(url: URL): HttpPut {
  const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = begin(url, { method: 'PUT' });
  const { promise: answer, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  answer.catch(() => undefined); // thrown by the next write, or by end
  request.on('error', reject);
  request.on('close', () => reject(new Error('the connection was closed without an answer')));
  request.on('response', (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    response.on('error', reject);
  });
  return {
    answer,
    async write(bytes) {
      if (request.write(bytes)) return;
      const drained = Promise.withResolvers<void>();
      request.once('drain', drained.resolve);
      await Promise.race([drained.promise, answer]);
    },
    end() {
      request.end();
      return answer;
    },
    destroy() {
      request.destroy();
    },
  };
}
