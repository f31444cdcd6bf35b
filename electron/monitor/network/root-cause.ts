import { CERTIFICATE_CODES } from './certificate-error.ts';
import { chromiumFailure } from './chromium-error.ts';

/** The innermost cause: `fetch` itself only says "fetch failed". */
export function rootCause(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 8; depth++) {
    if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0];
    else if (current instanceof Error && current.cause !== undefined) current = current.cause;
    else break;
  }
  return current;
}

/** What keeps a request from leaving this machine: no name, no way, nobody who listens, or nobody who is trusted. */
const NEVER_SENT_CODES: ReadonlySet<unknown> = new Set([
  ...CERTIFICATE_CODES,
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
]);

/** Whether the provider certainly did not see a request that failed, and so did not count it. */
export function wasNeverSent(error: unknown): boolean {
  const cause = rootCause(error);
  const failure = chromiumFailure(cause);
  if (failure !== null) return failure.wasNeverSent;
  return cause instanceof Error && 'code' in cause && NEVER_SENT_CODES.has(cause.code);
}
