import { FeedError } from '../price-source.ts';
import { withPlainCommas } from './coingecko-url.ts';
import { KEY_ERROR_CODES, quoted, readErrorBody } from './error-body.ts';

/** No answer that we ask for is near this: 500 coins make 100 kB, the list of all coins 2 MB. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** An error is a sentence or two; a longer answer is what was asked for. */
const LONGEST_WORDED_ERROR = 4_096;

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
 * - takes an error that comes with a status of success for the error that it words;
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
    const failure = response.ok ? statusOfWordedError(body, keyOf(headers)) : null;
    return new Response(body, { status: failure ?? status, statusText, headers: response.headers });
  };
}

/**
 * The status that an answer should have had whose body words an error; null for a body that is none.
 *
 * @throws FeedError when the error names no code that would be a status
 */
function statusOfWordedError(body: Uint8Array, apiKey: string | null): number | null {
  if (body.byteLength > LONGEST_WORDED_ERROR) return null;
  const worded = readErrorBody(parsed(body));
  if (worded === null) return null;
  const { code, message } = worded;
  if (code !== null && code >= 400 && code <= 599) return code;
  // The code itself is in the body, and decides what the failure is.
  if (code !== null && KEY_ERROR_CODES.has(code)) return 400;
  const named = code === null ? '' : ` ${code}`;
  throw new FeedError('bad-answer', `CoinGecko answered with an error${named}${quoted(message, apiKey)}`);
}

/** Undefined where it is no JSON, which is for the client to say. */
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
