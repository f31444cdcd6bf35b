import { z } from 'zod';

/** What became of one test, or of what a runner does outside of its tests, such as loading a file. */
export const testResultSchema = z.object({
  /** The same in each run of the same test. */
  id: z.string(),
  /** Relative to the root of the project; null for what belongs to no file. */
  file: z.string().nullable(),
  name: z.string(),
  /** Only a failure is listed of what is not a test. */
  isTest: z.boolean(),
  /** `unreliable`: failed, and passed when its file was run once more. */
  state: z.enum(['passed', 'failed', 'skipped', 'unreliable']),
  /** The error of a failure, and of an unreliable test the one of its first run; empty otherwise. */
  error: z.string(),
});
export type TestResult = z.infer<typeof testResultSchema>;

/** More failures than these are no coincidence. */
const RETRIED_FAILURES = 3;
const SUMMARY_LINES = 36;
const LINES_PER_FAILURE = 12;

const failuresOf = (results: readonly TestResult[]): TestResult[] =>
  results.filter(({ state }) => state === 'failed');

/** The files to be run once more: those of the failures, if these are few and each belongs to a file. */
export function filesToRetry(results: readonly TestResult[]): string[] {
  const failures = failuresOf(results);
  if (failures.length > RETRIED_FAILURES || failures.some(({ file }) => file === null)) return [];
  return [...new Set(failures.flatMap(({ file }) => file ?? []))];
}

/**
 * The results of a run after its failed files were run once more: a test that failed and then passed is unreliable. What
 * failed and did not pass stays failed, with its first error, and so does what failed in the second run only.
 */
export function mergeRetry(first: readonly TestResult[], second: readonly TestResult[]): TestResult[] {
  const retried = new Map(second.map((result) => [result.id, result]));
  const known = new Set(first.map(({ id }) => id));
  const filesThatRan = new Set(second.filter(({ isTest }) => isTest).map(({ file }) => file));
  const merged = first.map((result): TestResult => {
    const again = retried.get(result.id);
    if (result.state === 'failed') {
      const passes = result.isTest
        ? again?.state === 'passed'
        : again === undefined && filesThatRan.has(result.file);
      return passes ? { ...result, state: 'unreliable' } : result;
    }
    // What a failed hook had kept from running has run now.
    return result.state === 'skipped' || again?.state === 'failed' ? (again ?? result) : result;
  });
  return [...merged, ...second.filter(({ id }) => !known.has(id))];
}

/** The last line of a test run. */
export function totalsLine(results: readonly TestResult[]): string {
  const count = (state: TestResult['state']): number =>
    results.filter((result) => result.state === state).length;
  const unreliable = count('unreliable');
  return [
    `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
    ...(unreliable > 0 ? [`${unreliable} unreliable`] : []),
  ].join(', ');
}

/** Every failed and every unreliable test with the first lines of its error, in few enough lines for the end of a log. */
export function failureSummary(results: readonly TestResult[]): string[] {
  const listed = results.filter(({ state }) => state === 'failed' || state === 'unreliable');
  const most = Math.floor(SUMMARY_LINES / 2);
  const shown = listed.length > most ? listed.slice(0, most - 1) : listed;
  const lines = Math.min(LINES_PER_FAILURE, Math.floor(SUMMARY_LINES / Math.max(1, shown.length)));
  return [
    ...shown.flatMap((result) => [heading(result), ...firstLines(result.error, lines - 1)]),
    ...(shown.length < listed.length ? [`… and ${listed.length - shown.length} more`] : []),
  ];
}

function heading({ state, file, name }: TestResult): string {
  const test = file === null ? name : `${file} > ${name}`;
  return state === 'failed'
    ? `FAILED ${test}`
    : `UNRELIABLE ${test}; it passed when run again. Its first error:`;
}

const firstLines = (error: string, count: number): string[] =>
  error
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, count)
    .map((line) => `  ${line}`);
