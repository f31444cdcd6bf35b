import { parentPort, workerData } from 'node:worker_threads';
import { type BacktestJob, doBacktest } from './backtest-job.ts';

/** The worker's side of `runBacktest`: one job, one result. What it throws ends the worker, and is thrown there. */
parentPort?.postMessage(doBacktest(workerData as BacktestJob));
