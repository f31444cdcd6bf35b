import { z } from 'zod';

/** The result of one test, or of a step outside of tests, such as loading a file. */
const testResultSchema = z.object({
  /** The same in each run of the same test. */
  id: z.string(),
  /** Relative to the root of the project; null for what belongs to no file. */
  file: z.string().nullable(),
  name: z.string(),
  /** Steps that are not tests are listed only when they fail. */
  isTest: z.boolean(),
  /** `unreliable`: failed, but passed when its file was run again. */
  state: z.enum(['passed', 'failed', 'skipped', 'unreliable']),
  /** The error of a failed test, or of the first run of an unreliable one; empty otherwise. */
  error: z.string(),
});
export type TestResult = z.infer<typeof testResultSchema>;

/** How long the tests of a file took, including hooks. */
const fileDurationSchema = z.object({
  /** Relative to the root of the project. */
  file: z.string(),
  seconds: z.number(),
});
export type FileDuration = z.infer<typeof fileDurationSchema>;

/** The report of a test runner. */
export const testReportSchema = z.object({
  results: z.array(testResultSchema),
  durations: z.array(fileDurationSchema),
});
export type TestReport = z.infer<typeof testReportSchema>;

/** Failures in more files are not a coincidence and are not retried. */
const RETRIED_FILES = 3;
const SUMMARY_LINES = 36;
const LINES_PER_FAILURE = 12;
const SLOWEST_FILES = 15;

const failuresOf = (results: readonly TestResult[]): TestResult[] =>
  results.filter(({ state }) => state === 'failed');

/**
 * The files to run again: those with failures, if they are few and every failure belongs to a file. Files are counted and not tests,
 * because a single cause can fail all tests of a file, such as a broker that does not start again.
 */
export function filesToRetry(results: readonly TestResult[]): string[] {
  const failures = failuresOf(results);
  const files = [...new Set(failures.flatMap(({ file }) => file ?? []))];
  return files.length > RETRIED_FILES || failures.some(({ file }) => file === null) ? [] : files;
}

/**
 * Merges the results of a run with those of the files that were run again: a test that failed and then passed is unreliable. A
 * test that did not pass remains failed, with its first error, and so does one that failed only in the second run.
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
    // A test that was skipped because a hook failed may have run now.
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

/**
 * Every failed and every unreliable test with the first lines of its error, in few enough lines for the end of a log. The first
 * failure of each file gets more lines than later ones, which often are its consequences.
 */
export function failureSummary(results: readonly TestResult[]): string[] {
  const listed = results.filter(({ state }) => state === 'failed' || state === 'unreliable');
  const most = Math.floor(SUMMARY_LINES / 2);
  const shown = listed.length > most ? listed.slice(0, most - 1) : listed;
  const files = new Set<string | null>();
  const firsts = new Set(shown.filter(({ file }) => files.size < files.add(file).size));
  const others = shown.length - firsts.size;
  const room = SUMMARY_LINES - (shown.length < listed.length ? 1 : 0);
  const ofFirst = linesOfEach(room - others, firsts.size);
  const ofOther = linesOfEach(room - firsts.size * ofFirst, others);
  return [
    ...shown.flatMap((result) => [
      heading(result),
      ...firstLines(result.error, (firsts.has(result) ? ofFirst : ofOther) - 1),
    ]),
    ...(shown.length < listed.length ? [`… and ${listed.length - shown.length} more`] : []),
  ];
}

const linesOfEach = (lines: number, failures: number): number =>
  Math.min(LINES_PER_FAILURE, Math.floor(lines / Math.max(1, failures)));

/** The files that took longest, each with its time. */
export function slowestFiles(durations: readonly FileDuration[]): string[] {
  const slowest = durations.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST_FILES);
  return slowest.length === 0
    ? []
    : [
        `The slowest of ${durations.length} files, in seconds:`,
        ...slowest.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)}  ${file}`),
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
