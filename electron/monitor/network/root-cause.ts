import { CERTIFICATE_CODES } from './certificate-error.ts';
import { chromiumFailure } from './chromium-error.ts';

/** The innermost cause of an error: `fetch` itself only reports "fetch failed". */
export function rootCause(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 8; depth++) {
    if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0];
    else if (current instanceof Error && current.cause !== undefined) current = current.cause;
    else break;
  }
  return current;
}

/**
 * Error codes before the request was sent: the name is unknown, there is no route, nothing listens, or the
 * certificate is not trusted.
 */
const NEVER_SENT_CODES: ReadonlySet<unknown> = new Set([
  ...CERTIFICATE_CODES,
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
]);

/** Whether a failed request certainly did not reach the provider, and so was not counted by it. */
export function wasNeverSent(error: unknown): boolean {
  const cause = rootCause(error);
  const failure = chromiumFailure(cause);
  if (failure !== null) return failure.wasNeverSent;
  return cause instanceof Error && 'code' in cause && NEVER_SENT_CODES.has(cause.code);
}
