import { Histogram, type Registry } from 'prom-client';

const EVERY_MS = 100;

/**
 * Measures how late a timer fires. Unlike the percentiles of `nodejs_eventloop_lag_…`, which cover the time since the last
 * scrape, a histogram can be aggregated over processes and any time range.
 *
 * @returns a function that stops this
 */
export function measureEventLoopDelay(registry: Registry): () => void {
  const histogram = new Histogram({
    name: 'cpm_event_loop_delay_seconds',
    help: 'How late timers are called, measured ten times a second.',
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const dueAt = performance.now() + EVERY_MS;
    timer = setTimeout(() => {
      histogram.observe(Math.max(0, performance.now() - dueAt) / 1_000);
      arm();
    }, EVERY_MS).unref();
  };
  arm();
  return () => clearTimeout(timer);
}
