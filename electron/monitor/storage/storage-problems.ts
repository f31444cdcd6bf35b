import type { Problem } from '../../../shared/domain.ts';
import type { SetAside } from './journal/open-journal.ts';

/**
 * What went wrong in storage, in words for the user. That the database is away is not among them: its state says that.
 *
 * @param setAside the damaged journal that was found at this start
 * @param writeFailure why the database, though it is there, does not take what is written
 */
export function storageProblems(setAside: SetAside | null, writeFailure: Error | null): readonly Problem[] {
  const problems: Problem[] = [];
  if (setAside !== null) {
    problems.push({
      id: 'journal-set-aside',
      message:
        `The journal of prices on their way to the database was damaged (${setAside.reason}). It was kept as ` +
        `${setAside.keptAs}; prices that only it held are not in the database.`,
    });
  }
  if (writeFailure !== null) {
    problems.push({
      id: 'database-write',
      message: `The database does not take the prices: ${writeFailure.message}. They are kept, and written as soon as it does.`,
    });
  }
  return problems;
}
