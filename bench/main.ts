import { benchAlerts } from './alerts.ts';
import { benchIngest } from './ingest.ts';
import { benchLatency } from './latency.ts';
import type { BenchResult } from './result.ts';
import { benchStream } from './stream.ts';

const results: readonly BenchResult[] = [
  ...benchAlerts(),
  ...(await benchIngest()),
  ...(await benchLatency()),
  ...(await benchStream()),
];

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
} else {
  for (const { name, value, unit, ratio, ratioTo } of results) {
    const figure = `${Math.round(value).toLocaleString('en-US')} ${unit}`;
    process.stdout.write(`${name.padEnd(40)} ${figure.padStart(24)}   ${ratio.toFixed(2)} × ${ratioTo}\n`);
  }
}
