/** Closes one thing; it may take a while. */
export type Closer = () => void | Promise<void>;

/**
 * Closes one after the other, all of them, also when one fails.
 *
 * @throws what the first that failed threw
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
