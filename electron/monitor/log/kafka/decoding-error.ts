import { GenericError } from '@platformatic/kafka';

/**
 * What the decoder of records said, in an error that may stand for several attempts; null where all are the broker's or the
 * network's.
 */
export function decodingError(error: unknown): string | null {
  if (error instanceof AggregateError)
    return error.errors.map(decodingError).find((words) => words !== null) ?? null;
  if (error instanceof GenericError || isOfSystem(error)) return null;
  return error instanceof Error ? error.message : String(error);
}

export const isDecodingError = (error: unknown): boolean => decodingError(error) !== null;

/** A socket's own error, such as ECONNRESET. */
const isOfSystem = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
