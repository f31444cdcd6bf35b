import { doBacktest } from './backtest-job.ts';
import { sidesAtEnd } from './sides-at-end.ts';
import { solve } from './solve.ts';

/** The jobs of a worker, by name. Input and output are plain data. */
export const JOBS = { backtest: doBacktest, solve, sidesAtEnd };
export type Jobs = typeof JOBS;
export type JobInput<Name extends keyof Jobs> = Parameters<Jobs[Name]>[0];
export type JobOutput<Name extends keyof Jobs> = ReturnType<Jobs[Name]>;
