import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildIfNeeded } from './build-if-needed.ts';
import { findTestChromium } from './find-chromium.ts';
import { makeMemoryFolder } from './memory-folder.ts';
import { playwrightResults } from './playwright-results.ts';
import {
  failureSummary,
  filesToRetry,
  mergeRetry,
  slowestFiles,
  type TestReport,
  type TestResult,
  testReportSchema,
  totalsLine,
} from './test-results.ts';

const ROOT = join(import.meta.dirname, '..');

const reports = mkdtempSync(join(tmpdir(), 'crypto-price-monitor-reports-'));

/** The folder for the tests' temporary files, unless `TMPDIR` names one. */
const memory = process.env.TMPDIR ? null : makeMemoryFolder();
const running = new Set<ChildProcess>();
// Runs however the process ends, for example when the build fails.
process.once('exit', () => {
  for (const tool of running) tool.kill();
  rmSync(reports, { recursive: true, force: true });
  memory?.remove();
});
for (const [signal, status] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(status));

type Runner = {
  readonly name: string;
  readonly args: readonly string[];
  readonly argsOfRetry: readonly string[];
  /** @param report the file that the runner writes its report to */
  readonly env: (report: string) => NodeJS.ProcessEnv;
  readonly read: (report: unknown) => TestReport;
};

const VITEST: Runner = {
  name: 'vitest',
  args: ['run', '--reporter=default', '--reporter=./scripts/vitest-results.ts'],
  argsOfRetry: ['--no-file-parallelism'],
  env: (report) => ({ TEST_RESULTS: report }),
  read: (report) => testReportSchema.parse(report),
};

const PLAYWRIGHT: Runner = {
  name: 'playwright',
  args: ['test', '--reporter=list,json'],
  argsOfRetry: ['--workers=1'],
  env: (report) => ({
    CHROMIUM_PATH: findTestChromium(),
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    // By default in TMPDIR, which may be a new folder: then Babel would transform all imports of the tests in each run.
    PWTEST_CACHE_DIR: join(ROOT, 'node_modules/.cache/playwright'),
  }),
  read: (report) => playwrightResults(report, ROOT),
};

/** Whether the output of a tool is shown as it comes, or as a whole when it has ended. */
type Output = 'shown' | 'at-end';

type Ended = {
  /** How the tool ended; null if it succeeded. */
  readonly failure: string | null;
  /** Empty if it was shown as it came. */
  readonly output: string;
};

async function runTool(
  tool: string,
  args: readonly string[],
  output: Output,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const command = `\n> ${tool} ${args.join(' ')}\n`;
  if (output === 'shown') process.stdout.write(command);
  const stream = output === 'shown' ? 'inherit' : 'pipe';
  const child = spawn(tool, args, {
    cwd: ROOT,
    stdio: ['ignore', stream, stream],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32', // the tools are .cmd files there
  });
  running.add(child);
  const [ended, stdout, stderr] = await Promise.all([
    once(child, 'close').catch((error: Error) => [error.message]),
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
  ]);
  running.delete(child);
  const [status, signal] = ended;
  if (output === 'at-end') process.stdout.write(`${command}${stdout}${stderr}`);
  return { failure: status === 0 ? null : `It ended with ${signal ?? status}`, output: stdout + stderr };
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
async function check(tool: string, ...args: readonly string[]): Promise<TestResult[]> {
  const { failure, output } = await runTool(tool, args, 'at-end');
  return failure === null ? [] : [failureOf(`${tool} ${args.join(' ')}`, output || failure)];
}

let runs = 0;

async function runTests(
  { name, args, env, read }: Runner,
  added: readonly string[],
  output: Output = 'shown',
): Promise<TestReport> {
  runs += 1;
  const report = join(reports, `${runs}.json`);
  const run = [name, ...added].join(' ');
  const place = memory === null ? {} : { TMPDIR: memory.path };
  const { failure } = await runTool(name, [...args, ...added], output, { ...place, ...env(report) });
  if (!existsSync(report))
    return { results: [failureOf(run, `${failure ?? 'It ended'}, without a report.`)], durations: [] };
  const { results, durations } = read(JSON.parse(readFileSync(report, 'utf8')));
  const isExplained = failure === null || results.some(({ state }) => state === 'failed');
  const more = isExplained ? [] : [failureOf(run, `${failure}, and no test failed.`)];
  return { results: [...results, ...more], durations };
}

async function allTests(): Promise<TestReport> {
  // The unit tests take one of two cores. The tests alone, which simulate an hour in scaled time, have the other to themselves.
  const unit = runTests(VITEST, ['--project=unit']);
  const alone = runTests(VITEST, ['--project=integration-alone'], 'at-end');
  // The rest waits for its programs half of the time, so that it can share the cores.
  const pages = alone.then(() => runTests(PLAYWRIGHT, [], 'at-end'));
  const integration = Promise.all([unit, alone]).then(() => runTests(VITEST, ['--project=integration']));
  const all = await Promise.all([unit, alone, integration, pages]);
  return {
    results: all.flatMap(({ results }) => results),
    durations: all.flatMap(({ durations }) => durations),
  };
}

/**
 * Runs the files of a few failures again, without other tests. A failure that does not repeat says more about the machine than
 * about the change under test, so it does not block the change. It is reported as unreliable, because it has to be fixed.
 */
async function retried(first: readonly TestResult[]): Promise<readonly TestResult[]> {
  const files = filesToRetry(first);
  const second: TestResult[] = [];
  for (const [runner, isOfRunner] of [
    [VITEST, (file: string) => !file.endsWith('.spec.ts')],
    [PLAYWRIGHT, (file: string) => file.endsWith('.spec.ts')],
  ] as const) {
    const own = files.filter(isOfRunner);
    if (own.length > 0) second.push(...(await runTests(runner, [...runner.argsOfRetry, ...own])).results);
  }
  return files.length === 0 ? first : mergeRetry(first, second);
}

try {
  buildIfNeeded();
  const checks = [
    await check('tsc', '-p', 'tsconfig.json'),
    await check('tsc', '-p', 'renderer/tsconfig.json'),
    await check('biome', 'check', '.'),
  ];
  const tests = await allTests();
  const results = [...checks.flat(), ...(await retried(tests.results))];
  const end = [...slowestFiles(tests.durations), '', ...failureSummary(results), totalsLine(results)];
  process.stdout.write(`\n${end.join('\n')}\n`);
  process.exitCode = results.some(({ state }) => state === 'failed') ? 1 : 0;
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
}
