import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** Sees when a file grows, as another program that follows it does. */
export type LineReader = {
  /** Waits for the file to grow from now on; the thread needs some microseconds to begin. */
  expect(): void;
  /** When the file had grown since `expect`, in milliseconds of `process.hrtime`. */
  grewAt(): Promise<number>;
  stop(): Promise<void>;
};

type ReaderData = { readonly path: string; readonly shared: SharedArrayBuffer };

/** Counts of what was expected and seen, and the size and the time that belong to them. */
const viewsOf = (shared: SharedArrayBuffer) => ({
  counts: new Int32Array(shared, 0, 2),
  values: new BigInt64Array(shared, 8, 2),
});
const SHARED_BYTES = 24;
const EXPECTED = 0;
const SEEN = 1;
const SIZE = 0;
const GREW_AT = 1;
const STOP = -1;

const sizeOf = (path: string): bigint => statSync(path, { bigint: true, throwIfNoEntry: false })?.size ?? 0n;

/**
 * Starts a thread that sees when a file grows: the main thread writes and syncs a line in one step, between which it sees
 * nothing.
 */
export function startLineReader(path: string): LineReader {
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const { counts, values } = viewsOf(shared);
  const data: ReaderData = { path, shared };
  const worker = new Worker(join(import.meta.dirname, 'alert-line-reader.ts'), { workerData: data });
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('exit', () => resolve());
    worker.once('error', reject);
  });
  const setExpected = (count: number): void => {
    Atomics.store(counts, EXPECTED, count);
    Atomics.notify(counts, EXPECTED);
  };
  return {
    expect() {
      values[SIZE] = sizeOf(path);
      setExpected(Atomics.load(counts, EXPECTED) + 1);
    },
    async grewAt() {
      const expected = Atomics.load(counts, EXPECTED);
      while (Atomics.load(counts, SEEN) !== expected)
        await Atomics.waitAsync(counts, SEEN, expected - 1, 1_000).value;
      return Number(values[GREW_AT]) / 1e6;
    },
    async stop() {
      setExpected(STOP);
      await ended;
    },
  };
}

function readLines({ path, shared }: ReaderData): void {
  const { counts, values } = viewsOf(shared);
  for (let seen = 0; ; seen++) {
    Atomics.wait(counts, EXPECTED, seen);
    if (Atomics.load(counts, EXPECTED) === STOP) return;
    // Without a pause: one would be longer than the disk takes.
    while (sizeOf(path) <= (values[SIZE] ?? 0n));
    values[GREW_AT] = process.hrtime.bigint();
    Atomics.store(counts, SEEN, seen + 1);
    Atomics.notify(counts, SEEN);
  }
}

if (!isMainThread) readLines(workerData);
