import { parentPort, workerData } from 'node:worker_threads';
import { JOBS, type Jobs } from './jobs.ts';

/**
 * The worker's side of `runInWorker`: one job, one result. An error that it throws ends the worker and is rethrown in the main
 * thread.
 */
const { name, input } = workerData as { readonly name: keyof Jobs; readonly input: never };
parentPort?.postMessage(JOBS[name](input));
