import { benchAlertLine } from './alert-line.ts';
import { benchAlerts } from './alerts.ts';
import { benchBacktest } from './backtest.ts';
import { benchChart } from './chart/chart.ts';
import { compareWith } from './compare/compare.ts';
import { benchDesktop } from './desktop.ts';
import { benchEventLoop } from './event-loop.ts';
import { benchExact } from './exact.ts';
import { benchFiles } from './files.ts';
import { benchIngest } from './ingest.ts';
import { benchLatency } from './latency.ts';
import { benchLatest } from './latest.ts';
import { benchPriceMemory } from './price-memory.ts';
import type { BenchResult } from './result.ts';
import { benchRoles } from './roles/roles.ts';
import { benchStorage } from './storage.ts';
import { benchStorm } from './storm.ts';
import { benchStream } from './stream.ts';

type Bench = () => readonly BenchResult[] | Promise<readonly BenchResult[]>;
const BENCHES: Readonly<Record<string, Bench>> = {
  engine: benchAlerts,
  memory: benchPriceMemory,
  exact: benchExact,
  line: benchAlertLine,
  backtest: benchBacktest,
  ingest: benchIngest,
  sizes: benchStorage,
  files: benchFiles,
  latency: benchLatency,
  latest: benchLatest,
  roles: benchRoles,
  storm: benchStorm,
  stream: benchStream,
  desktop: benchDesktop,
  chart: benchChart,
  eventloop: benchEventLoop,
};

/** Names for several benchmarks. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  alerts: ['engine', 'memory', 'line'],
  storage: ['ingest', 'sizes', 'files'],
};

const [command, ...words] = process.argv.slice(2);
if (command === 'compare') process.exitCode = compareWith(words, Object.keys(BENCHES)) ? 0 : 1;
else await measure(process.argv.slice(2));

/** @param words the benchmarks to run, all when there are none; `--json` for the figures as JSON */
async function measure(words: readonly string[]): Promise<void> {
  const wanted = words.filter((word) => !word.startsWith('--')).flatMap((word) => GROUPS[word] ?? [word]);
  const unknown = wanted.find((name) => !(name in BENCHES));
  if (unknown !== undefined) {
    process.stderr.write(
      `There is no benchmark "${unknown}": ${Object.keys({ ...BENCHES, ...GROUPS }).join(', ')}.\n`,
    );
    process.exitCode = 2;
    return;
  }
  const results: BenchResult[] = [];
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length === 0 || wanted.includes(name)) results.push(...(await bench()));
  }
  if (words.includes('--json')) {
    process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    return;
  }
  for (const { name, value, unit, ratio, ratioTo, spread } of results) {
    const digits = value < 1 ? 3 : value < 10 ? 1 : 0;
    const figure = `${value.toLocaleString('en-US', { maximumFractionDigits: digits })} ${unit}`;
    const between = spread === undefined ? '' : ` (${spread[0].toFixed(2)}–${spread[1].toFixed(2)})`;
    process.stdout.write(
      `${name.padEnd(40)} ${figure.padStart(24)}   ${ratio.toFixed(2)}${between} × ${ratioTo}\n`,
    );
  }
}
