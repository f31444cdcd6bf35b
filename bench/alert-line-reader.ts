import { closeSync, openSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** Notices when a file grows, as a program that follows it with `tail -F` does. */
export type LineReader = {
  /** Begins to wait for the file to grow. */
  expect(): void;
  /** The time at which the file first grew since `expect`, in milliseconds of `process.hrtime`. */
  grewAt(): Promise<number>;
  stop(): Promise<unknown>;
};

type ReaderData = { readonly path: string; readonly shared: SharedArrayBuffer };

/** How often growth was expected and seen, and the size and the time of the last one. */
const viewsOf = (shared: SharedArrayBuffer) => ({
  counts: new Int32Array(shared, 0, 2),
  values: new BigInt64Array(shared, 8, 2),
});
const SHARED_BYTES = 24;
const EXPECTED = 0;
const SEEN = 1;
const SIZE = 0;
const GREW_AT = 1;

const sizeOf = (path: string): bigint => statSync(path, { bigint: true }).size;

/**
 * Starts a thread that is woken when a file grows; creates the file if it is missing. The main thread cannot do this itself: it
 * writes and syncs a line synchronously.
 */
export async function startLineReader(path: string): Promise<LineReader> {
  closeSync(openSync(path, 'a'));
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const { counts, values } = viewsOf(shared);
  const data: ReaderData = { path, shared };
  const worker = new Worker(join(import.meta.dirname, 'alert-line-reader.ts'), { workerData: data });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    expect() {
      values[SIZE] = sizeOf(path);
      Atomics.add(counts, EXPECTED, 1);
    },
    async grewAt() {
      const expected = Atomics.load(counts, EXPECTED);
      while (Atomics.load(counts, SEEN) !== expected)
        await Atomics.waitAsync(counts, SEEN, expected - 1, 1_000).value;
      return Number(values[GREW_AT]) / 1e6;
    },
    stop: () => worker.terminate(),
  };
}

function readLines({ path, shared }: ReaderData): void {
  const { counts, values } = viewsOf(shared);
  watch(path, () => {
    const expected = Atomics.load(counts, EXPECTED);
    if (Atomics.load(counts, SEEN) === expected || sizeOf(path) <= (values[SIZE] ?? 0n)) return;
    values[GREW_AT] = process.hrtime.bigint();
    Atomics.store(counts, SEEN, expected);
    Atomics.notify(counts, SEEN);
  });
}

if (!isMainThread) {
  readLines(workerData);
  parentPort?.postMessage('watching');
}
