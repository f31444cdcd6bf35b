import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { buildIfNeeded } from './build-if-needed.ts';
import { findChromium } from './find-chromium.ts';

const ROOT = join(import.meta.dirname, '..');

type Totals = { readonly passed: number; readonly failed: number; readonly skipped: number };

const vitestReport = z
  .object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numTodoTests: z.number(),
  })
  .transform((report): Totals => {
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests, numTodoTests } = report;
    return { passed, failed, skipped: numPendingTests + numTodoTests };
  });

const playwrightReport = z
  .object({
    stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  })
  // A test that passes only at the second try is not reliable.
  .transform(({ stats }): Totals => {
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
  });

const reports = mkdtempSync(join(tmpdir(), 'crypto-price-monitor-reports-'));

/** Runs one of the project's tools and shows its output. */
function succeeds(tool: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  process.stdout.write(`\n> ${tool} ${args.join(' ')}\n`);
  const { status } = spawnSync(tool, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32', // the tools are .cmd files there
  });
  return status === 0;
}

/** A check without tests is listed only when it fails, so that the last line never hides a failure. */
function check(tool: string, ...args: readonly string[]): Totals {
  return { passed: 0, failed: succeeds(tool, args) ? 0 : 1, skipped: 0 };
}

function runner(ok: boolean, reportFile: string, report: z.ZodType<Totals>): Totals {
  const totals = report.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
  // A runner can fail without a failed test, such as by an error outside of all tests.
  return !ok && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

function vitest(): Totals {
  const file = join(reports, 'vitest.json');
  const ok = succeeds('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  return runner(ok, file, vitestReport);
}

function playwright(): Totals {
  const file = join(reports, 'playwright.json');
  const ok = succeeds('playwright', ['test', '--reporter=list,json'], {
    CHROMIUM_PATH: findChromium(),
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  return runner(ok, file, playwrightReport);
}

try {
  buildIfNeeded();
  const steps = [
    () => check('tsc', '-p', 'tsconfig.json'),
    () => check('tsc', '-p', 'renderer/tsconfig.json'),
    () => check('biome', 'check', '.'),
    vitest,
    playwright,
  ];
  const totals = steps
    .map((step) => step())
    .reduce((sum, next) => ({
      passed: sum.passed + next.passed,
      failed: sum.failed + next.failed,
      skipped: sum.skipped + next.skipped,
    }));
  process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
