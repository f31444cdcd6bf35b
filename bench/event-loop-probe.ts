import { writeFileSync } from 'node:fs';
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventLoopFigures } from './event-loop.ts';

/**
 * Loaded before the program, by `--import`. On SIGUSR2 it writes the figures of the event loop since the previous SIGUSR2 to the
 * file that `EVENT_LOOP_FIGURES` names.
 */
const RESOLUTION_MS = 5;
const NS_PER_MS = 1_000_000;
const SHARES = [50, 99, 99.9] as const;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

// The processor time of the thread between two ticks of a timer is an upper bound of any step in between. On a shared machine, this
// distinguishes a long step from one that waited for the processor.
const work = createHistogram();
let before = process.threadCpuUsage();
setInterval(() => {
  const now = process.threadCpuUsage();
  const microseconds = now.user - before.user + now.system - before.system;
  before = now;
  work.record(Math.max(1, microseconds * 1_000));
}, RESOLUTION_MS).unref();

process.on('SIGUSR2', () => {
  // Node records the time from one tick of its timer to the next, which equals the resolution if nothing delays it.
  const delayMs = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
  const [p50, p99, p999] = SHARES.map((share) => delayMs(delay.percentile(share)));
  const figures = {
    delayMs: { p50, p99, p999, max: delayMs(delay.max) },
    workMs: { p999: work.percentile(99.9) / NS_PER_MS, max: work.max / NS_PER_MS },
    samples: delay.count,
  };
  delay.reset();
  work.reset();
  writeFileSync(
    process.env.EVENT_LOOP_FIGURES ?? '',
    JSON.stringify(figures satisfies unknown as EventLoopFigures),
  );
});
