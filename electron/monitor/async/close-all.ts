/** Closes one resource, possibly asynchronously. */
export type Closer = () => void | Promise<void>;

/**
 * Closes all in sequence, even if one fails.
 *
 * @throws the first error
 */
export async function closeAll(closers: readonly Closer[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
