import { message } from '../../../../shared/messages/message.ts';
import { FeedError } from '../price-source.ts';
import { withPlainCommas } from './coingecko-url.ts';
import { KEY_ERROR_CODES, quotable, readErrorBody } from './error-body.ts';

/** Far more than any expected response: 500 coins make 100 kB, the list of all coins 2 MB. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** A longer body is not an error message. */
const MAX_ERROR_BYTES = 4_096;

/** The headers that are sent. Others could reveal details of this machine and its user. */
const SENT_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'user-agent',
  'x-cg-demo-api-key',
  'x-cg-pro-api-key',
]);

/** The null body statuses of the Fetch standard: a `Response` with a body cannot have them. */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Wraps a `fetch` for the provider's client. It reads the whole body, so that the client's timeout covers it (by
 * itself, the timeout ends with the headers), and
 * - throws a `FeedError` when the body is larger than 5 MB or breaks off;
 * - turns an error body with a success status into the error status that it reports;
 * - follows no redirect, which would send the key to another host;
 * - does not escape commas;
 * - sends none of the headers in which the client describes the operating system.
 */
export function guardedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    for (const name of [...headers.keys()]) if (!SENT_HEADERS.has(name)) headers.delete(name);
    const target = typeof input === 'string' ? withPlainCommas(input) : input;
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    const { status, statusText } = response;
    if (NULL_BODY_STATUSES.has(status)) return response;
    if (status > 599) {
      await response.body?.cancel();
      throw new FeedError('bad-answer', message('coingecko.no-status', { status }));
    }
    const body = await readBody(response, init?.signal ?? null);
    const failure = response.ok ? statusOfErrorBody(body, keyOf(headers)) : null;
    return new Response(body, { status: failure ?? status, statusText, headers: response.headers });
  };
}

/**
 * The status that a response with an error body should have had; null for any other body.
 *
 * @throws FeedError when the error's code is not an HTTP status
 */
function statusOfErrorBody(body: Uint8Array, apiKey: string | null): number | null {
  if (body.byteLength > MAX_ERROR_BYTES) return null;
  const error = readErrorBody(parsed(body));
  if (error === null) return null;
  const { code } = error;
  if (code !== null && code >= 400 && code <= 599) return code;
  // The code in the body decides the kind of failure.
  if (code !== null && KEY_ERROR_CODES.has(code)) return 400;
  const said = quotable(error.message, apiKey);
  throw new FeedError('bad-answer', message('coingecko.error', { code, said }));
}

/** Undefined when it is not JSON, which the client reports. */
function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function keyOf(headers: Headers): string | null {
  return headers.get('x-cg-pro-api-key') ?? headers.get('x-cg-demo-api-key');
}

async function readBody(response: Response, signal: AbortSignal | null): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      // Leaving the loop cancels the stream and the connection.
      if (bytes > MAX_BODY_BYTES) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new FeedError('bad-answer', message('coingecko.broke-off', { bytes }), { cause });
  }
  if (bytes > MAX_BODY_BYTES) {
    throw new FeedError('bad-answer', message('coingecko.too-large'));
  }
  return Buffer.concat(chunks);
}
