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

/** In the bundle all workers lie beside the program's entries; among the sources each is beside its users. */
const WORKER = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, 'transfer-worker.ts')
  : join(packageRoot(), 'out/main/transfer-worker.js');

/** How long a worker may take to remove its temporary files and to leave the database. */
const STOP_WITHIN_MS = 5_000;

/** A page that asks for nothing, and waits for nothing, for so long has gone, and its transfer ends. */
const IDLE_MS = 60_000;

export type TransfersOptions = {
  /** The URL of the database with its password. @throws MessageError while the database cannot be reached */
  readonly databaseUrl: () => Promise<string>;
  readonly vsCurrency: () => string;
  /** What archives are opened with, see `openTarget`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The transfer's own, for temporary files: of the size of the database during a backup. */
  readonly folder: string;
  /** What a backup has beside the database. */
  readonly backedUp: () => BackedUp;
  readonly clock: Clock;
  /** Called when an import has ended, in whichever way: there may be new candles. */
  readonly onImported: (coinId: string, vsCurrency: string) => void;
};

/**
 * Exports and imports of pages, whose file is in the page: its content goes through the contract in chunks, each when the one
 * before was taken. Each runs in a worker with a connection of its own, and is the only one. A transfer ends when its page has been
 * silent for a minute.
 */
export type Transfers = {
  /** @throws MessageError when another transfer runs, or the database cannot be reached */
  startExport(choice: ExportChoice): Promise<string>;
  /** Starts a backup, whose file is read as that of an export. @throws as `startExport` */
  startBackup(): Promise<string>;
  /** The next bytes of an export or backup. @throws MessageError with what it failed for */
  readExport(id: string): Promise<ExportPart>;
  /** @throws MessageError when another transfer runs, or the database cannot be reached */
  startImport(choice: ImportChoice): Promise<string>;
  /** Resolves when more can be taken. Whether the import has failed is in its state. */
  writeImport(id: string, bytes: Uint8Array, isLast: boolean): Promise<void>;
  importState(id: string): ImportState;
  /** Stops a transfer. What an import has written stays. */
  cancel(id: string): Promise<void>;
  stop(): Promise<void>;
};

/** Bytes of a file; null after the last, and none, with how far it is, while the file is not complete. */
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

/** One transfer, as seen from the program's side. */
type Transfer = {
  readonly id: string;
  readonly worker: Worker;
  readonly exited: Promise<unknown>;
  /** When its page was heard of last, and how many of its calls wait. */
  heardAt: number;
  calls: number;
  state: ImportState;
  failure: Message | null;
  isOver: boolean;
  readonly chunks: Uint8Array[];
  /** Whether the worker was asked for a chunk that has not come. */
  isAsked: boolean;
  /** How far the file is that is being prepared, and what its page was told of that. */
  percent: number | null;
  toldPercent: number | null;
  /** Chunks that the worker was sent and has not taken. */
  sent: number;
  changed: PromiseWithResolvers<void>;
};

export function createTransfers(options: TransfersOptions): Transfers {
  const { databaseUrl, vsCurrency, env, folder, clock, onImported } = options;
  const stopping = new AbortController();
  /** Removes what a transfer has left whose process or worker was ended. */
  const clearFolder = (): void => rmSync(folder, { recursive: true, force: true });
  clearFolder();
  let current: Transfer | null = null;
  let isStarting = false;

  const tell = (transfer: Transfer, said: ToWorker): void => transfer.worker.postMessage(said);

  const isIdle = ({ heardAt, calls }: Transfer): boolean => calls === 0 && clock.now() - heardAt >= IDLE_MS;

  /** Resolves when a transfer is over, or what it is asked for is there. */
  const until = async (transfer: Transfer, isThere: () => boolean): Promise<void> => {
    transfer.calls += 1;
    while (!isThere() && !transfer.isOver) await transfer.changed.promise;
    transfer.calls -= 1;
    transfer.heardAt = clock.now();
  };

  const end = async (transfer: Transfer): Promise<void> => {
    if (current === transfer) current = null;
    const wasOver = transfer.isOver;
    transfer.isOver = true;
    transfer.changed.resolve();
    if (!wasOver) {
      tell(transfer, { kind: 'stop' });
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
    // One that is over is kept until its page has been told, or another one wants its place.
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
        heardAt: clock.now(),
        calls: 0,
        state: NOTHING_YET,
        failure: null,
        isOver: false,
        chunks: [],
        isAsked: false,
        percent: null,
        toldPercent: null,
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
    current.heardAt = clock.now();
    return current;
  };

  return {
    startExport: (choice) => start({ type: 'export', choice }),
    startBackup: () => start({ type: 'backup', ...options.backedUp() }),
    async readExport(id) {
      const transfer = find(id);
      if (!transfer.isOver && !transfer.isAsked) {
        transfer.isAsked = true;
        tell(transfer, { kind: 'more' });
      }
      await until(transfer, () => transfer.chunks.length > 0 || transfer.percent !== transfer.toldPercent);
      const chunk = transfer.chunks.shift() ?? null;
      if (chunk !== null) return { bytes: chunk, percent: null };
      if (!transfer.isOver) {
        transfer.toldPercent = transfer.percent;
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
        tell(transfer, { kind: 'chunk', bytes });
      }
      if (isLast) tell(transfer, { kind: 'end' });
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

/** Takes in what the worker sends. Calls `onOver` when it has ended by itself. */
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
  transfer.worker.on('message', (said: FromWorker) => {
    if (said.kind === 'chunk') {
      transfer.chunks.push(said.bytes);
      transfer.isAsked = false;
    } else if (said.kind === 'percent') transfer.percent = said.percent;
    else if (said.kind === 'taken') transfer.sent -= 1;
    else if (said.kind === 'progress') transfer.state = said.state;
    else return finish(said.failure);
    change();
  });
  transfer.worker.once('error', (error) => finish(messageOf(error)));
  transfer.worker.once('exit', () => finish(message('transfer.gone')));
}
