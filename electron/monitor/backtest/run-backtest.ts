import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../files/package-root.ts';
import type { BacktestJob, BacktestResult } from './backtest-job.ts';

/** In the bundle all workers lie beside the program's entries; among the sources each is beside its users. */
const WORKER = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, 'backtest-worker.ts')
  : join(packageRoot(), 'out/main/backtest-worker.js');

/**
 * Runs a backtest in a worker, so that prices go on meanwhile. The columns of the series are handed over: they are empty
 * afterwards.
 *
 * @throws what the backtest throws, or the signal's reason when it aborts
 */
export async function runBacktest(job: BacktestJob, signal?: AbortSignal): Promise<BacktestResult> {
  signal?.throwIfAborted();
  const { times, prices } = job.series;
  const worker = new Worker(WORKER, { workerData: job, transferList: [times.buffer, prices.buffer] });
  const { promise, resolve, reject } = Promise.withResolvers<BacktestResult>();
  const onAbort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the worker ended with ${code} and without a result`)));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
