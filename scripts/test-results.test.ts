import { describe, expect, it } from 'vitest';
import {
  failureSummary,
  filesToRetry,
  mergeRetry,
  slowestFiles,
  type TestResult,
  totalsLine,
} from './test-results.ts';

const result = (id: string, state: TestResult['state'], more: Partial<TestResult> = {}): TestResult => ({
  id,
  file: 'a.test.ts',
  name: `test ${id}`,
  isTest: true,
  state,
  error: state === 'failed' ? `Error: ${id}` : '',
  ...more,
});
const outside = (id: string, file: string | null = 'a.test.ts'): TestResult =>
  result(id, 'failed', { isTest: false, file });
const statesOf = (results: readonly TestResult[]): Record<string, string> =>
  Object.fromEntries(results.map(({ id, state }) => [id, state]));

describe('the files that are retried', () => {
  it('are up to three with failures, each once', () => {
    const failures = ['a', 'a', 'b', 'c'].map((name, index) =>
      result(`${index}`, 'failed', { file: `${name}.test.ts` }),
    );
    const passed = result('passed', 'passed', { file: 'd.test.ts' });
    expect(filesToRetry([passed, ...failures])).toEqual(['a.test.ts', 'b.test.ts', 'c.test.ts']);
    expect(filesToRetry([...failures, result('4', 'failed', { file: 'd.test.ts' })])).toEqual([]);
  });

  it('include a file in which every test failed, because that may have a single cause', () => {
    const failures = Array.from({ length: 21 }, (_, index) => result(`${index}`, 'failed'));
    expect(filesToRetry(failures)).toEqual(['a.test.ts']);
  });

  it('are none if a failure belongs to no file', () => {
    expect(filesToRetry([result('1', 'failed'), outside('crash', null)])).toEqual([]);
  });
});

describe('a retry', () => {
  it('marks a failure that passes on retry as unreliable, and keeps its first error', () => {
    const merged = mergeRetry(
      [result('1', 'failed'), result('2', 'passed'), result('3', 'skipped')],
      [result('1', 'passed'), result('2', 'passed'), result('3', 'skipped')],
    );
    expect(merged).toEqual([
      result('1', 'unreliable', { error: 'Error: 1' }),
      result('2', 'passed'),
      result('3', 'skipped'),
    ]);
  });

  it.each(['failed', 'skipped'] as const)('keeps a failure that is %s on retry', (state) => {
    expect(statesOf(mergeRetry([result('1', 'failed')], [result('1', state)]))).toEqual({ 1: 'failed' });
  });

  it('keeps the failure of a test that does not run again', () => {
    expect(statesOf(mergeRetry([result('1', 'failed')], [result('2', 'passed')]))).toEqual({
      1: 'failed',
      2: 'passed',
    });
  });

  it('adds tests that fail for the first time', () => {
    const merged = mergeRetry(
      [result('1', 'failed'), result('2', 'passed')],
      [result('1', 'passed'), result('2', 'failed'), outside('hook')],
    );
    expect(statesOf(merged)).toEqual({ 1: 'unreliable', 2: 'failed', hook: 'failed' });
  });

  it('clears a failed hook if the tests of its file ran, and counts those that it had skipped', () => {
    const first = [outside('hook'), result('1', 'skipped')];
    expect(statesOf(mergeRetry(first, [result('1', 'passed')]))).toEqual({ hook: 'unreliable', 1: 'passed' });
    expect(statesOf(mergeRetry(first, []))).toEqual({ hook: 'failed', 1: 'skipped' });
    expect(statesOf(mergeRetry(first, first))).toEqual({ hook: 'failed', 1: 'skipped' });
  });
});

describe('the totals', () => {
  it('name unreliable tests only if there are any', () => {
    const results = [result('1', 'passed'), result('2', 'failed'), result('3', 'skipped')];
    expect(totalsLine(results)).toBe('1 passed, 1 failed, 1 skipped');
    expect(totalsLine([...results, result('4', 'unreliable')])).toBe(
      '1 passed, 1 failed, 1 skipped, 1 unreliable',
    );
  });
});

describe('the summary', () => {
  it('has the file, the name and the first lines of each error', () => {
    const results = [
      result('1', 'passed'),
      result('2', 'failed', { error: 'AssertionError: expected 718 to be 719\n\nat a.test.ts:3:4' }),
      result('3', 'unreliable', { error: 'Error: 3' }),
      result('tsc', 'failed', { file: null, name: 'tsc -p tsconfig.json', error: 'a.ts(1,1): error' }),
    ];
    expect(failureSummary(results)).toEqual([
      'FAILED a.test.ts > test 2',
      '  AssertionError: expected 718 to be 719',
      '  at a.test.ts:3:4',
      'UNRELIABLE a.test.ts > test 3; it passed when run again. Its first error:',
      '  Error: 3',
      'FAILED tsc -p tsconfig.json',
      '  a.ts(1,1): error',
    ]);
  });

  it('has more lines of the first failure of a file than of later ones', () => {
    const error = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
    const failures = Array.from({ length: 21 }, (_, index) => result(`${index}`, 'failed', { error }));
    const lines = failureSummary(failures);
    expect(lines.slice(0, 13)).toEqual([
      'FAILED a.test.ts > test 0',
      ...Array.from({ length: 11 }, (_, line) => `  line ${line}`),
      'FAILED a.test.ts > test 1',
    ]);
    expect(lines.at(-1)).toBe('… and 4 more');
  });

  it.each([0, 1, 3, 12, 18, 19, 500].flatMap((count) => [1, 3, 500].map((files) => [count, files] as const)))(
    'of %i failures in %i files fits at the end of a log',
    (count, files) => {
      const error = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
      const failures = Array.from({ length: count }, (_, index) =>
        result(`${index}`, 'failed', { error, file: `${index % files}.test.ts` }),
      );
      const lines = failureSummary(failures);
      expect(lines.length).toBeLessThanOrEqual(36);
      const named = lines.filter((line) => line.startsWith('FAILED')).length;
      expect(lines.some((line) => line === `… and ${count - named} more`)).toBe(named < count);
    },
  );
});

describe('the slowest files', () => {
  it('are listed by their time', () => {
    const durations = Array.from({ length: 20 }, (_, index) => ({
      file: `${index}.test.ts`,
      seconds: index,
    }));
    const lines = slowestFiles(durations);
    expect(lines).toHaveLength(16);
    expect(lines.slice(0, 2)).toEqual(['The slowest of 20 files, in seconds:', '   19.0  19.test.ts']);
    expect(slowestFiles([])).toEqual([]);
  });
});
