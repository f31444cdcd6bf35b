import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { Retention } from '../../../../shared/settings/retention.ts';
import { packageRoot } from '../../files/package-root.ts';

/** In the bundle all workers are beside the program's entry points; in the sources each is beside its users. */
const WORKER = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, 'archive-worker.ts')
  : join(packageRoot(), 'out/main/archive-worker.js');

export type WorkerInput = {
  /** With its password. */
  readonly databaseUrl: string;
  readonly retention: Retention;
  /** The current time in ms since the epoch, corrected if the machine's clock is off; it determines which months are due. */
  readonly now: number;
  /** What archives are opened with, see `openTarget`. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

export type WorkerReport =
  | { readonly kind: 'progress'; readonly message: Message }
  | { readonly kind: 'month'; readonly message: Message }
  | { readonly kind: 'end'; readonly failure: Message | null };

export type RetentionRun = {
  readonly onProgress: (message: Message) => void;
  readonly onDone: (message: Message) => void;
  readonly signal: AbortSignal;
};

/** The next run continues whatever a stopped run was doing. */
const STOP_WITHIN_MS = 2_000;

/**
 * Archives due months in a worker with its own connection: encoding a month takes seconds of CPU time, during which prices must
 * not stall.
 *
 * @throws MessageError with the reason of the failure, or the signal's reason
 */
export async function runRetentionInWorker(
  input: WorkerInput,
  { onProgress, onDone, signal }: RetentionRun,
): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(WORKER, { workerData: input });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.on('message', (report: WorkerReport) => {
    if (report.kind === 'end') {
      if (report.failure === null) resolve();
      else reject(new MessageError(report.failure));
    } else if (report.kind === 'month') onDone(report.message);
    else onProgress(report.message);
  });
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the worker ended with ${code} and without a result`)));
  const onAbort = (): void => {
    worker.postMessage('stop');
    setTimeout(() => reject(signal.reason), STOP_WITHIN_MS).unref();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
