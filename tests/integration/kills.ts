/**
 * The number of kills of a test: its default, or the environment variable `KILLS`. It applies to each test that calls this
 * function: those of the program, of the storage, of the move of an earlier version's tables, of archiving and
 * backups, and of an installation of several processes.
 */
export function killsOr(usual: number): number {
  return Number(process.env.KILLS ?? usual);
}
