import { EventEmitter, once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import type { ImportState } from '../../../../shared/domain/transfer.ts';
import { message } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import { silentLog } from '../../logging/logger.ts';
import { systemClock } from '../../time/clock.ts';
import { createOpenedTargets } from '../archive/targets/open-targets.ts';
import { openWritablePlace } from '../backup/place/open-place.ts';
import { type BackupProgress, writeBackup } from '../backup/write-backup.ts';
import { externalProvider } from '../connection/provider.ts';
import { writeExport } from '../export/write-export.ts';
import { importCandles } from '../import/candles/import-candles.ts';
import type { ImportProgress, ImportSummary } from '../import/import-options.ts';
import { importTicks } from '../import/ticks/import-ticks.ts';
import { type RunInDatabase, withProvider } from '../work/with-provider.ts';
import type { BackedUp, FromWorker, ToWorker, TransferInput } from './transfer-messages.ts';

/** The worker's side of `createTransfers`. Ends when the transfer is complete or stopped. */
const { databaseUrl, vsCurrency, env, folder, job } = workerData as TransferInput;
const port = parentPort;
if (port === null) throw new Error('This file is a worker.');

/** Larger than the database's chunks, so that fewer messages are sent. */
const CHUNK_BYTES = 192 * 1_024;

const stopping = new AbortController();
/** Messages that are not yet processed, and an event for each new one. */
const received: ToWorker[] = [];
const arrivals = new EventEmitter();
port.on('message', (command: ToWorker) => {
  if (command.kind === 'stop') stopping.abort(new Error('The transfer was stopped.'));
  received.push(command);
  arrivals.emit('message');
});

const send = (report: FromWorker): void => port.postMessage(report);

async function next(): Promise<ToWorker> {
  for (;;) {
    stopping.signal.throwIfAborted();
    const command = received.shift();
    if (command !== undefined) return command;
    await once(arrivals, 'message');
  }
}

async function sendExport(run: RunInDatabase, choice: (TransferInput['job'] & { type: 'export' })['choice']) {
  const targets = createOpenedTargets(env);
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (bytes === 0) return;
    await next(); // `more`
    send({ kind: 'chunk', bytes: Buffer.concat(waiting) });
    waiting = [];
    bytes = 0;
  };
  const file = new Writable({
    write(chunk: Buffer, _encoding, done) {
      waiting.push(Buffer.from(chunk));
      bytes += chunk.byteLength;
      if (bytes < CHUNK_BYTES) done();
      else flush().then(() => done(), done);
    },
  });
  const { kind, coinId, interval, from = 0, to = systemClock.now(), format } = choice;
  try {
    const request = { kind, range: { coinId, vsCurrency, from, to }, interval, format };
    await writeExport(run, request, file, { targets, onArchived: () => undefined });
    await flush();
  } finally {
    await targets.close();
  }
}

/** Written to a temporary file first: the table of contents, which readers need, is complete only at the end. */
async function sendBackup(run: RunInDatabase, { settings, programVersion }: BackedUp) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'prices.cpmbackup');
  let reported = -1;
  try {
    const place = await openWritablePlace(path, env);
    try {
      const onProgress = ({ rows, totalRows }: BackupProgress): void => {
        const percent = Math.floor((100 * rows) / Math.max(1, totalRows));
        if (percent !== reported) send({ kind: 'percent', percent });
        reported = percent;
      };
      const { target } = place;
      await writeBackup({ run, target, settings, programVersion, signal: stopping.signal, onProgress });
      await place.finish();
    } catch (error) {
      await place.abort();
      throw error;
    }
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      await next(); // `more`
      send({ kind: 'chunk', bytes: chunk as Buffer });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function work(run: RunInDatabase): Promise<void> {
  switch (job.type) {
    case 'export':
      return sendExport(run, job.choice);
    case 'import':
      return receiveImport(run, job.choice);
    case 'backup':
      return sendBackup(run, job);
  }
}

async function* fileOfMessages(): AsyncGenerator<Uint8Array> {
  for (;;) {
    const command = await next();
    if (command.kind === 'end') return;
    if (command.kind !== 'chunk') continue;
    yield command.bytes;
    send({ kind: 'acknowledged' });
  }
}

async function receiveImport(
  run: RunInDatabase,
  choice: (TransferInput['job'] & { type: 'import' })['choice'],
) {
  const { kind, ...chosen } = choice;
  const each = {
    ...chosen,
    run,
    vsCurrency,
    input: { stream: fileOfMessages() },
    clock: systemClock,
    log: silentLog,
    signal: stopping.signal,
    onProgress: (progress: ImportProgress) => send({ kind: 'progress', state: stateOf(progress) }),
  };
  const summary =
    kind === 'ticks' ? await importTicks(each) : await importCandles({ ...each, interval: undefined });
  send({ kind: 'progress', state: doneStateOf(summary, choice.coinId) });
}

const NOT_OVER = { summary: null, refusals: [], failure: null } as const;

function stateOf({ phase, rows, accepted, repeated, refused }: ImportProgress): ImportState {
  return { phase, rows, accepted, repeated, refused, ...NOT_OVER };
}

function doneStateOf(summary: ImportSummary, coinId: string): ImportState {
  const { kind, layout, sources, interval, rows, accepted, repeated, refused, refusals } = summary;
  const [from, to] = [summary.from, summary.to].map((at) =>
    at === null ? null : new Date(at).toISOString(),
  );
  return {
    phase: 'done',
    rows,
    accepted,
    repeated,
    refused,
    summary: message('import.done', {
      kind,
      layout,
      coinId,
      vsCurrency,
      sources,
      interval,
      from: from ?? null,
      to: to ?? null,
    }),
    refusals,
    failure: null,
  };
}

try {
  await withProvider(silentLog, () => externalProvider(databaseUrl), work, stopping.signal);
  send({ kind: 'end', failure: null });
} catch (error) {
  send({ kind: 'end', failure: messageOf(error) });
} finally {
  // A port with a listener would keep the worker running.
  port.close();
}
