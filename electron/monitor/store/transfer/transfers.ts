import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ExportChoice, ImportChoice, ImportState } from '../../../../shared/domain/transfer.ts';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../../shared/messages/message-error.ts';
import { packageRoot } from '../../files/package-root.ts';
import type { Clock } from '../../time/clock.ts';
import type { BackedUp, FromWorker, ToWorker, TransferInput } from './transfer-messages.ts';

/** In the bundle all workers are beside the program's entry points; in the sources each is beside its users. */
const WORKER = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, 'transfer-worker.ts')
  : join(packageRoot(), 'out/main/transfer-worker.js');

/** How long a worker may take to remove its temporary files and disconnect. */
const STOP_WITHIN_MS = 5_000;

/** A transfer ends when its page has made no call for this long and none is pending: the page is closed. */
const IDLE_MS = 60_000;

export type TransfersOptions = {
  /** The URL of the database with its password. @throws MessageError while the database cannot be reached */
  readonly databaseUrl: () => Promise<string>;
  readonly vsCurrency: () => string;
  /** The environment for opening archives; see `openTarget`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder for temporary files of transfers, which are as large as the database during a backup. */
  readonly folder: string;
  /** What a backup has besides the database. */
  readonly backedUp: () => BackedUp;
  readonly clock: Clock;
  /** Called when an import has ended, successfully or not: there may be new candles. */
  readonly onImported: (coinId: string, vsCurrency: string) => void;
};

/**
 * Exports and imports of files in a page: their content is sent through the API in chunks, each after the previous one was
 * accepted. Only one transfer runs at a time, in a worker with its own connection. It ends when its page makes no call for a
 * minute.
 */
export type Transfers = {
  /** @throws MessageError when another transfer runs, or the database cannot be reached */
  startExport(choice: ExportChoice): Promise<string>;
  /** Starts a backup, whose file is read like that of an export. @throws as `startExport` */
  startBackup(): Promise<string>;
  /** The next bytes of an export or backup. @throws MessageError with the reason of its failure */
  readExport(id: string): Promise<ExportPart>;
  /** @throws MessageError when another transfer runs, or the database cannot be reached */
  startImport(choice: ImportChoice): Promise<string>;
  /** Resolves when more can be sent. A failure of the import is in its state. */
  writeImport(id: string, bytes: Uint8Array, isLast: boolean): Promise<void>;
  importState(id: string): ImportState;
  /** Stops a transfer. What an import has written is kept. */
  cancel(id: string): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Bytes of a file. `bytes` is null after the last chunk; it is empty, with the progress in `percent`, while the file is being
 * prepared.
 */
export type ExportPart = { readonly bytes: Uint8Array | null; readonly percent: number | null };

const NOTHING_YET: ImportState = {
  phase: 'reading',
  rows: 0,
  accepted: 0,
  repeated: 0,
  refused: 0,
  summary: null,
  refusals: [],
  failure: null,
};

/** One transfer, on the program's side. */
type Transfer = {
  readonly id: string;
  readonly worker: Worker;
  readonly exited: Promise<unknown>;
  /** When the page made its last call, and how many of its calls are pending. */
  lastCallAt: number;
  calls: number;
  state: ImportState;
  failure: Message | null;
  isOver: boolean;
  readonly chunks: Uint8Array[];
  /** Whether a chunk was requested from the worker and has not arrived. */
  isRequested: boolean;
  /** The progress of the file that is being prepared, and the last value that was sent to the page. */
  percent: number | null;
  reportedPercent: number | null;
  /** Chunks sent to the worker and not yet acknowledged. */
  sent: number;
  changed: PromiseWithResolvers<void>;
};

export function createTransfers(options: TransfersOptions): Transfers {
  const { databaseUrl, vsCurrency, env, folder, clock, onImported } = options;
  const stopping = new AbortController();
  /** Removes the files of a transfer whose process or worker was killed. */
  const clearFolder = (): void => rmSync(folder, { recursive: true, force: true });
  clearFolder();
  let current: Transfer | null = null;
  let isStarting = false;

  const post = (transfer: Transfer, command: ToWorker): void => transfer.worker.postMessage(command);

  const isIdle = ({ lastCallAt, calls }: Transfer): boolean =>
    calls === 0 && clock.now() - lastCallAt >= IDLE_MS;

  /** Resolves when the transfer is over or the condition holds. */
  const until = async (transfer: Transfer, isThere: () => boolean): Promise<void> => {
    transfer.calls += 1;
    while (!isThere() && !transfer.isOver) await transfer.changed.promise;
    transfer.calls -= 1;
    transfer.lastCallAt = clock.now();
  };

  const end = async (transfer: Transfer): Promise<void> => {
    if (current === transfer) current = null;
    const wasOver = transfer.isOver;
    transfer.isOver = true;
    transfer.changed.resolve();
    if (!wasOver) {
      post(transfer, { kind: 'stop' });
      const given = new AbortController();
      const timeout = clock.sleep(STOP_WITHIN_MS, given.signal).catch(() => undefined); // it ended in time
      await Promise.race([transfer.exited, timeout]);
      given.abort();
    }
    await transfer.worker.terminate();
  };

  const endWhenIdle = async (transfer: Transfer): Promise<void> => {
    while (current === transfer) {
      await clock.sleep(IDLE_MS, stopping.signal);
      if (current === transfer && isIdle(transfer)) await end(transfer);
    }
  };

  const start = async (job: TransferInput['job']): Promise<string> => {
    // A finished transfer is kept until its page has read the result, or another one starts.
    if (isStarting || (current !== null && !current.isOver && !isIdle(current)))
      throw new MessageError(message('transfer.another'));
    isStarting = true;
    try {
      if (current !== null) await end(current);
      const ofDatabase = { databaseUrl: await databaseUrl(), vsCurrency: vsCurrency() };
      const input: TransferInput = { ...ofDatabase, env, folder, job };
      stopping.signal.throwIfAborted();
      clearFolder();
      const worker = new Worker(WORKER, { workerData: input });
      const transfer: Transfer = {
        id: randomUUID(),
        worker,
        exited: new Promise((resolve) => worker.once('exit', resolve)),
        lastCallAt: clock.now(),
        calls: 0,
        state: NOTHING_YET,
        failure: null,
        isOver: false,
        chunks: [],
        isRequested: false,
        percent: null,
        reportedPercent: null,
        sent: 0,
        changed: Promise.withResolvers(),
      };
      follow(transfer, () => {
        if (job.type === 'import') onImported(job.choice.coinId, input.vsCurrency);
      });
      current = transfer;
      endWhenIdle(transfer).catch(() => undefined); // the program stops
      return transfer.id;
    } finally {
      isStarting = false;
    }
  };

  const find = (id: string): Transfer => {
    if (current?.id !== id) throw new MessageError(message('transfer.gone'));
    current.lastCallAt = clock.now();
    return current;
  };

  return {
    startExport: (choice) => start({ type: 'export', choice }),
    startBackup: () => start({ type: 'backup', ...options.backedUp() }),
    async readExport(id) {
      const transfer = find(id);
      if (!transfer.isOver && !transfer.isRequested) {
        transfer.isRequested = true;
        post(transfer, { kind: 'more' });
      }
      await until(
        transfer,
        () => transfer.chunks.length > 0 || transfer.percent !== transfer.reportedPercent,
      );
      const chunk = transfer.chunks.shift() ?? null;
      if (chunk !== null) return { bytes: chunk, percent: null };
      if (!transfer.isOver) {
        transfer.reportedPercent = transfer.percent;
        return { bytes: new Uint8Array(), percent: transfer.percent };
      }
      await end(transfer);
      if (transfer.failure !== null) throw new MessageError(transfer.failure);
      return { bytes: null, percent: null };
    },
    startImport: (choice) => start({ type: 'import', choice }),
    async writeImport(id, bytes, isLast) {
      const transfer = find(id);
      if (bytes.byteLength > 0) {
        transfer.sent += 1;
        post(transfer, { kind: 'chunk', bytes });
      }
      if (isLast) post(transfer, { kind: 'end' });
      await until(transfer, () => transfer.sent === 0);
    },
    importState: (id) => find(id).state,
    async cancel(id) {
      if (current?.id === id) await end(current);
    },
    async stop() {
      stopping.abort();
      if (current !== null) await end(current);
    },
  };
}

/** Processes the worker's messages. Calls `onOver` when the worker has ended by itself. */
function follow(transfer: Transfer, onOver: () => void): void {
  const change = (): void => {
    transfer.changed.resolve();
    transfer.changed = Promise.withResolvers();
  };
  const finish = (failure: Message | null): void => {
    if (transfer.isOver) return;
    transfer.isOver = true;
    transfer.failure = failure;
    if (failure !== null) transfer.state = { ...transfer.state, phase: 'failed', failure };
    change();
    onOver();
  };
  transfer.worker.on('message', (report: FromWorker) => {
    if (report.kind === 'chunk') {
      transfer.chunks.push(report.bytes);
      transfer.isRequested = false;
    } else if (report.kind === 'percent') transfer.percent = report.percent;
    else if (report.kind === 'acknowledged') transfer.sent -= 1;
    else if (report.kind === 'progress') transfer.state = report.state;
    else return finish(report.failure);
    change();
  });
  transfer.worker.once('error', (error) => finish(messageOf(error)));
  transfer.worker.once('exit', () => finish(message('transfer.gone')));
}
