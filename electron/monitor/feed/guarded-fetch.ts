import { withPlainCommas } from './coingecko-url.ts';
import { FeedError } from './price-source.ts';

/** No answer that we ask for is near this: 500 coins make 100 kB, the list of all coins 2 MB. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** What a request says about this machine and its user: no more than the provider needs. */
const SENT_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'user-agent',
  'x-cg-demo-api-key',
  'x-cg-pro-api-key',
]);

/** Statuses whose answer has no body by definition; `Response` refuses to be built with one. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A `fetch` for the provider's client that reads the whole body, so that the client's timeout covers it (on its own it
 * stops counting at the headers), and that
 * - throws a `FeedError` when the body is larger than 5 MB or breaks off;
 * - follows no redirect, which would hand the key to another host;
 * - writes commas in one character;
 * - sends none of the headers in which the client describes the operating system.
 */
export function guardedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    for (const name of [...headers.keys()]) if (!SENT_HEADERS.has(name)) headers.delete(name);
    const target = typeof input === 'string' ? withPlainCommas(input) : input;
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    const { status, statusText } = response;
    if (BODILESS.has(status)) return response;
    if (status > 599) {
      await response.body?.cancel();
      throw new FeedError('bad-answer', `CoinGecko answered with ${status}, which is no HTTP status`);
    }
    const body = await readBody(response, init?.signal ?? null);
    return new Response(body, { status, statusText, headers: response.headers });
  };
}

async function readBody(response: Response, signal: AbortSignal | null): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      // Leaving the loop cancels the stream, and with it the connection.
      if (bytes > MAX_BODY_BYTES) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new FeedError('bad-answer', `CoinGecko's answer broke off after ${bytes} bytes`, { cause });
  }
  if (bytes > MAX_BODY_BYTES) {
    throw new FeedError('bad-answer', "CoinGecko's answer is larger than 5 MB, and was not read to its end");
  }
  return Buffer.concat(chunks);
}
