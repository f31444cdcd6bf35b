import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import type { FileDuration, TestReport, TestResult } from './test-results.ts';

/** Far longer than Vitest takes to exit on a busy machine. */
const END_TIMEOUT_MS = 60_000;

/**
 * A Vitest reporter that writes a `TestReport` to the file that the environment variable `TEST_RESULTS` names. Vitest's own JSON
 * report contains neither errors of hooks nor errors outside of tests.
 */
// biome-ignore lint/style/noDefaultExport: Vitest loads a reporter by its default export.
export default class VitestResults implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env.TEST_RESULTS;
    if (file === undefined) throw new Error('TEST_RESULTS must name the file for the results.');
    const report: TestReport = {
      results: [...modules.flatMap(resultsOf), ...unhandled.map(unhandledResult)],
      durations: modules.map(durationOf),
    };
    writeFileSync(file, JSON.stringify(report));
    // Vitest waits for every process that holds its workers' output open: forever, if a test has left one running.
    setTimeout(() => {
      process.stderr.write('Vitest does not end: a test has left a program running.\n');
      process.exit(1);
    }, END_TIMEOUT_MS).unref();
  }
}

function resultsOf(module: TestModule): TestResult[] {
  const ofTests = [...module.children.allTests()].map(testResult);
  const parents = [module, ...module.children.allSuites()];
  const outside = parents
    .filter((parent) => parent.errors().length > 0)
    .map((parent) => ({
      id: parent.id,
      file: fileOf(module),
      name: parent.type === 'module' ? 'outside of its tests' : `${parent.fullName} (hook)`,
      isTest: false,
      state: 'failed' as const,
      error: parent.errors().map(textOf).join('\n'),
    }));
  const failed = [...ofTests, ...outside].some(({ state }) => state === 'failed');
  return failed || module.ok() ? [...ofTests, ...outside] : [...ofTests, unfinished(module)];
}

function durationOf(module: TestModule): FileDuration {
  const { setupDuration, collectDuration, duration } = module.diagnostic();
  return { file: fileOf(module), seconds: (setupDuration + collectDuration + duration) / 1_000 };
}

function testResult(test: TestCase): TestResult {
  const { state, errors = [] } = test.result();
  const known = { id: test.id, file: fileOf(test.module), name: test.fullName, isTest: true };
  // A worker that crashes leaves tests without a result.
  if (state === 'pending') return { ...known, state: 'failed', error: 'The test did not end.' };
  return { ...known, state, error: state === 'failed' ? errors.map(textOf).join('\n') : '' };
}

const unfinished = (module: TestModule): TestResult => ({
  id: module.id,
  file: fileOf(module),
  name: 'outside of its tests',
  isTest: false,
  state: 'failed',
  error: 'The file did not end.',
});

function unhandledResult(error: SerializedError): TestResult {
  const path = error.VITEST_TEST_PATH;
  const file = typeof path === 'string' ? relative(process.cwd(), path) : null;
  return {
    id: `unhandled ${file}`,
    file,
    name: 'an error outside of all tests',
    isTest: false,
    state: 'failed',
    error: textOf(error),
  };
}

const fileOf = (module: TestModule): string => relative(process.cwd(), module.moduleId);

/** The message and the place of an error, then the difference between expected and actual values. */
function textOf({ name, message, stacks, stack, diff }: SerializedError): string {
  const at = stacks?.find(({ file }) => !file.includes('node_modules'));
  const where = at === undefined ? stack : `at ${relative(process.cwd(), at.file)}:${at.line}:${at.column}`;
  const lines = [`${name ?? 'Error'}: ${message}`, where, diff].filter((part) => typeof part === 'string');
  return stripVTControlCharacters(lines.join('\n'));
}
