import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../files/package-root.ts';
import type { JobInput, JobOutput, Jobs } from './jobs.ts';
import { buffersOf, type PriceSeries } from './price-series.ts';

/** In the bundle all workers are next to the program's entry files; in the sources each is next to its users. */
const WORKER = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, 'backtest-worker.ts')
  : join(packageRoot(), 'out/main/backtest-worker.js');

/**
 * Runs a job in a worker, so that prices continue meanwhile. The columns of its series are transferred and empty afterwards.
 *
 * @param script the file of the worker
 * @throws the job's error, or the signal's reason when it aborts
 */
export async function runInWorker<Name extends keyof Jobs>(
  name: Name,
  input: JobInput<Name>,
  signal?: AbortSignal,
  script = WORKER,
): Promise<JobOutput<Name>> {
  signal?.throwIfAborted();
  const series: readonly PriceSeries[] = [input.series].flat();
  const worker = new Worker(script, {
    workerData: { name, input },
    transferList: series.flatMap(buffersOf),
  });
  const { promise, resolve, reject } = Promise.withResolvers<JobOutput<Name>>();
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
