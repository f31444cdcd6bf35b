import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { buildIfNeeded } from './build-if-needed.ts';
import { findChromium } from './find-chromium.ts';
import { playwrightResults } from './playwright-results.ts';
import {
  failureSummary,
  filesToRetry,
  mergeRetry,
  type TestResult,
  testResultSchema,
  totalsLine,
} from './test-results.ts';

const ROOT = join(import.meta.dirname, '..');

const reports = mkdtempSync(join(tmpdir(), 'crypto-price-monitor-reports-'));

type Runner = {
  readonly name: string;
  readonly args: readonly string[];
  readonly argsOfRetry: readonly string[];
  /** @param report the file that the runner is to write its report to */
  readonly env: (report: string) => NodeJS.ProcessEnv;
  readonly results: (report: unknown) => TestResult[];
};

const VITEST: Runner = {
  name: 'vitest',
  args: ['run', '--reporter=default', '--reporter=./scripts/vitest-results.ts'],
  argsOfRetry: ['--no-file-parallelism'],
  env: (report) => ({ TEST_RESULTS: report }),
  results: (report) => z.array(testResultSchema).parse(report),
};

const PLAYWRIGHT: Runner = {
  name: 'playwright',
  args: ['test', '--reporter=list,json'],
  argsOfRetry: ['--workers=1'],
  env: (report) => ({ CHROMIUM_PATH: findChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: report }),
  results: (report) => playwrightResults(report, ROOT),
};

function runTool(
  tool: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  output: 'shown' | 'kept' = 'shown',
) {
  process.stdout.write(`\n> ${tool} ${args.join(' ')}\n`);
  return spawnSync(tool, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: [
      'ignore',
      ...(output === 'shown' ? (['inherit', 'inherit'] as const) : (['pipe', 'pipe'] as const)),
    ],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32', // the tools are .cmd files there
  });
}

const failureOf = (name: string, error: string): TestResult => ({
  id: name,
  file: null,
  name,
  isTest: false,
  state: 'failed',
  error,
});

/** A check without tests is listed only when it fails, so that the last line never hides a failure. */
function check(tool: string, ...args: readonly string[]): TestResult[] {
  const { status, error, stdout, stderr } = runTool(tool, args, {}, 'kept');
  const output = `${stdout ?? ''}${stderr ?? ''}`;
  process.stdout.write(output);
  return status === 0 ? [] : [failureOf(`${tool} ${args.join(' ')}`, error?.message ?? output)];
}

let runs = 0;

function runTests({ name, args, env, results }: Runner, more: readonly string[]): TestResult[] {
  runs += 1;
  const report = join(reports, `${runs}.json`);
  const { status, signal, error } = runTool(name, [...args, ...more], env(report));
  if (!existsSync(report)) {
    return [failureOf(name, error?.message ?? `It ended with ${signal ?? status} and without a report.`)];
  }
  const found = results(JSON.parse(readFileSync(report, 'utf8')));
  if (status === 0 || found.some(({ state }) => state === 'failed')) return found;
  return [...found, failureOf(name, `It ended with ${signal ?? status}, and no test failed.`)];
}

/**
 * Runs tests, and the files of a few failures once more, alone. A test that passes only then says more of the machine than of
 * the change that is tested, so it does not stop a change; it is reported as unreliable, because it has to be mended.
 */
function testsOf(runner: Runner): TestResult[] {
  const first = runTests(runner, []);
  const files = filesToRetry(first);
  return files.length === 0 ? first : mergeRetry(first, runTests(runner, [...runner.argsOfRetry, ...files]));
}

try {
  buildIfNeeded();
  const results = [
    ...check('tsc', '-p', 'tsconfig.json'),
    ...check('tsc', '-p', 'renderer/tsconfig.json'),
    ...check('biome', 'check', '.'),
    ...testsOf(VITEST),
    ...testsOf(PLAYWRIGHT),
  ];
  process.stdout.write(`\n${[...failureSummary(results), totalsLine(results)].join('\n')}\n`);
  process.exitCode = results.some(({ state }) => state === 'failed') ? 1 : 0;
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
