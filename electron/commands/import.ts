import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Argument, Command, Option } from 'commander';
import type { Interval } from '../../shared/domain/interval.ts';
import {
  FILE_FORMATS,
  type FileFormat,
  IMPORT_KINDS,
  type ImportKind,
} from '../../shared/domain/transfer.ts';
import { type Message, message, t, text } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { fileError } from '../monitor/files/file-error.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { importCandles } from '../monitor/store/import/candles/import-candles.ts';
import type {
  ImportInput,
  ImportProgress,
  ImportSummary,
  Refusal,
} from '../monitor/store/import/import-options.ts';
import { importTicks } from '../monitor/store/import/ticks/import-ticks.ts';
import type { RunInDatabase } from '../monitor/store/work/with-provider.ts';
import { systemClock } from '../monitor/time/clock.ts';
import { chosenCurrency } from './chosen-currency.ts';
import { chosenDatabase } from './chosen-database.ts';
import { intervalArgument } from './interval-argument.ts';
import { progressLine } from './progress-line.ts';
import { COIN_FLAG, requireCoin } from './required-coin.ts';
import { keepHeapSmall } from './small-heap.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

type Options = {
  readonly coin?: string;
  readonly vsCurrency?: string;
  readonly source?: string;
  readonly interval?: Interval;
  readonly format?: FileFormat;
  readonly refused?: string;
  readonly databaseUrl?: string;
};

/** `import`: imports ticks and candles of other programs and exchanges. */
export function importCommand(): Command {
  const command = new Command('import')
    .description(t('help.import'))
    .addArgument(new Argument('<what>').choices(IMPORT_KINDS))
    .argument('<file>')
    .option(COIN_FLAG, t('help.coin'))
    .option('--source <name>', t('help.import.source'))
    .option('--interval <interval>', t('help.import.interval'), intervalArgument)
    .addOption(new Option('--format <format>', t('help.import.format')).choices(FILE_FORMATS))
    .option('--refused <file>', t('help.import.refused'));
  addFlags(command, ['vsCurrency', 'databaseUrl']);
  return command.action(run);
}

async function run(kind: ImportKind, file: string, options: Options, command: Command): Promise<void> {
  const coinId = requireCoin(options.coin, command);
  const { source, interval, format } = options;
  const vsCurrency = chosenCurrency(options, process.env);
  keepHeapSmall();
  const log = createLogger('warn');
  const choice = chosenDatabase(options, log);
  const input: ImportInput = file === '-' ? { stream: process.stdin } : { path: file };
  const refused = options.refused === undefined ? null : await openRefused(options.refused);
  let accepted = 0;
  const progress = progressLine();
  try {
    const summary = await untilStopped((signal) => {
      const importAll = (inDatabase: RunInDatabase): Promise<ImportSummary> => {
        const each = {
          run: inDatabase,
          input,
          coinId,
          vsCurrency,
          source,
          format,
          clock: systemClock,
          log,
          signal,
          onProgress(state: ImportProgress) {
            accepted = state.accepted;
            progress(progressOf(state));
          },
          onRefused: refused?.write,
        };
        return kind === 'ticks' ? importTicks(each) : importCandles({ ...each, interval });
      };
      return withDatabase(choice, importAll, signal).catch((cause: unknown) => {
        if (!signal.aborted) throw cause;
        throw new MessageError(message('import.stopped', { accepted }), { cause: signal.reason });
      });
    });
    print(summary, coinId, vsCurrency, refused !== null);
  } finally {
    await refused?.close();
    // No further input is needed, and standard input may be a terminal.
    if (file === '-') process.stdin.destroy();
  }
}

function print(summary: ImportSummary, coinId: string, vsCurrency: string, hasFile: boolean): void {
  const { kind, layout, sources, interval, accepted, replaced, repeated, refused, refusals } = summary;
  for (const { line, reason } of refusals) say(t('import.refusal', { line, reason }));
  const more = refused - refusals.length;
  if (more > 0 && !hasFile) say(t('import.more-refused', { count: more }));
  if (accepted + repeated === 0) throw new MessageError(message('import.none', { refused }));
  const [from, to] = [isoTime(summary.from), isoTime(summary.to)];
  const lines = [
    t('import.done', { kind, layout, coinId, vsCurrency, sources, interval, from, to }),
    t('import.counts', { accepted, replaced, repeated, refused }),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

type RefusedFile = {
  readonly write: (refusal: Refusal) => void;
  readonly close: () => Promise<void>;
};

async function openRefused(path: string): Promise<RefusedFile> {
  const file: WriteStream = createWriteStream(path);
  let failure: unknown = null;
  file.on('error', (cause) => {
    failure = cause;
  });
  await new Promise((resolve) => file.once('open', resolve).once('error', resolve));
  if (failure !== null) throw fileError('write', path, failure);
  file.write('line,reason\n');
  return {
    write({ line, reason }) {
      file.write(`${line},"${text(reason).replaceAll('"', '""')}"\n`);
    },
    async close() {
      file.end();
      await finished(file).catch(() => undefined);
      if (failure !== null) throw fileError('write', path, failure);
    },
  };
}

function progressOf({
  phase,
  bytes,
  totalBytes,
  rows,
  accepted,
  repeated,
  refused,
  rowsPerSecond,
}: ImportProgress): Message {
  const done = phase === 'reading' ? rows : accepted + repeated;
  const part = phase === 'reading' ? bytes / (totalBytes ?? Number.NaN) : done / (rows - refused);
  const percent = Number.isFinite(part) ? Math.floor(part * 100) : null;
  return message('import.progress', { phase, rows: done, percent, refused, rowsPerSecond });
}

const isoTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
const say = (line: string): void => void process.stderr.write(`${line}\n`);
