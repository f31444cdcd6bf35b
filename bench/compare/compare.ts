import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { BenchResult } from '../result.ts';
import { checkOut } from './checkout.ts';
import { type Comparison, compareResults, type Round } from './compare-results.ts';

const ROOT = join(import.meta.dirname, '../..');
const ROUNDS = 3;
/** Benchmarks of this tree that can measure any tree. Both commits are measured with them, even if the earlier one has its own. */
const OF_ANY_TREE: ReadonlySet<string> = new Set([
  'alerts',
  'engine',
  'line',
  'ingest',
  'latency',
  'eventloop',
]);
/** The lowest ratio that still passes: a run on a shared machine is not more precise. */
const MIN_RATIO = 0.95;

const resultsSchema = z.array(
  z.object({
    name: z.string(),
    // A figure that could not be measured is NaN, which JSON writes as null.
    value: z.number().nullable(),
    unit: z.string(),
    ratio: z.number().nullable(),
    ratioTo: z.string(),
  }),
);

/**
 * Measures this tree and an earlier commit alternately and prints how the figures compare. Benchmarks that can measure any tree
 * are taken from this tree; of the others, each commit runs its own. The order alternates between rounds, so that a machine that
 * becomes slower affects both.
 *
 * @param words the commit, then the names of benchmarks, and `--rounds=<number>`
 * @param benches the names of all benchmarks
 * @returns false if a figure is worse than before by more than 5%
 */
export function compareWith(words: readonly string[], benches: readonly string[]): boolean {
  const [ref, ...named] = words.filter((word) => !word.startsWith('--'));
  if (ref === undefined)
    throw new Error('Name the commit to compare with: npm run bench -- compare <commit>');
  const flag = words.find((word) => word.startsWith('--rounds='));
  const rounds = flag === undefined ? ROUNDS : Number(flag.slice('--rounds='.length));
  const base = checkOut(ref, ROOT);
  let isFine = true;
  for (const bench of named.length === 0 ? benches : named) {
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`${bench}, round ${round + 1} of ${rounds}\n`);
      const isBaseFirst = round % 2 === 0;
      const first = run(bench, isBaseFirst ? base : ROOT);
      const second = run(bench, isBaseFirst ? ROOT : base);
      measured.push(isBaseFirst ? { before: first, after: second } : { before: second, after: first });
    }
    const compared = compareResults(measured);
    process.stdout.write(compared.map((one) => `${lineOf(one)}\n`).join(''));
    if (compared.length === 0) process.stdout.write(`${bench}: the earlier commit does not measure it.\n`);
    isFine &&= compared.every(({ ratio }) => ratio >= MIN_RATIO);
  }
  return isFine;
}

/** Runs a benchmark of a tree; returns no results if that tree has no benchmark of this name. */
function run(bench: string, folder: string): readonly BenchResult[] {
  const args = ['--expose-gc', 'bench/main.ts', bench, '--json'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: OF_ANY_TREE.has(bench) ? ROOT : folder,
    env: { ...process.env, BENCH_TREE: folder },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === UNKNOWN_BENCH) return [];
  if (status !== 0) throw new Error(`The benchmark "${bench}" failed in ${folder}.`);
  return resultsSchema
    .parse(JSON.parse(stdout))
    .flatMap(({ value, ratio, ...rest }) =>
      value === null ? [] : [{ ...rest, value, ratio: ratio ?? Number.NaN }],
    );
}

/** The exit code of `bench/main.ts` for an unknown benchmark. */
const UNKNOWN_BENCH = 2;

function lineOf({ name, unit, before, after, ratio, ratios }: Comparison): string {
  const figure = (value: number): string =>
    value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });
  const values = `${figure(before)} → ${figure(after)} ${unit}`;
  const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const verdict = ratio < MIN_RATIO ? '   worse' : '';
  return `${name.padEnd(44)} ${values.padStart(34)}   ${ratio.toFixed(2)} × (${range})${verdict}`;
}
