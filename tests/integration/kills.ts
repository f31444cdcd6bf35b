/**
 * The number of kills of a test: its default, or the environment variable `KILLS`. It applies to each test that calls this
 * function: those of the program, of the storage, of the move of an earlier version's tables, of archiving and
 * backups, and of an installation of several processes.
 */
export function killsOr(usual: number): number {
  return Number(process.env.KILLS ?? usual);
}

/** Prints how much a test with a configured number of kills has verified. Without `KILLS`, prints nothing. */
export function printCounts(counts: Readonly<Record<string, string | number>>): void {
  if (process.env.KILLS === undefined) return;
  const words = Object.entries(counts).map(([name, count]) => `${name}: ${count}`);
  process.stderr.write(`${words.join(', ')}\n`);
}
