import { GenericError } from '@platformatic/kafka';

/**
 * The message of the record decoder in an error that may stand for several attempts; null if all of them are errors of the broker
 * or the network.
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
