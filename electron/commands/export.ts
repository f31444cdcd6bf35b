import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type Interval, intervalSchema } from '../../shared/domain/interval.ts';
import { t } from '../../shared/messages/message.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import { candlePages } from '../monitor/store/export/candle-pages.ts';
import {
  alertsOf,
  type ExportFormat,
  type ExportRange,
  ticksOf,
  writeRows,
} from '../monitor/store/export/write-rows.ts';
import type { RunInDatabase } from '../monitor/store/work/with-provider.ts';
import { timeArgument } from './time-argument.ts';
import { withDatabase } from './with-database.ts';

const KINDS = ['ticks', 'candles', 'alerts'] as const;
type Kind = (typeof KINDS)[number];

type Options = {
  readonly coin: string;
  readonly vsCurrency?: string;
  readonly interval: Interval;
  readonly from?: number;
  readonly to?: number;
  readonly format: ExportFormat;
  readonly out?: string;
  readonly databaseUrl?: string;
};

/** `export`: what is stored of a coin, for other programs. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description(t('help.export'))
    .addArgument(new Argument('<what>').choices(KINDS))
    .requiredOption('--coin <id>', t('help.coin'))
    .option('--interval <interval>', t('help.export.interval'), intervalArgument, '1h')
    .option('--from <time>', t('help.export.from'), timeArgument)
    .option('--to <time>', t('help.export.to'), timeArgument)
    .addOption(new Option('--format <format>', t('help.format')).choices(['csv', 'jsonl']).default('csv'))
    .option('--out <file>', t('help.export.out'));
  addFlags(command, ['vsCurrency', 'databaseUrl']);
  return command.action(run);
}

async function run(kind: Kind, options: Options): Promise<void> {
  const { coin: coinId, vsCurrency = 'usd', from = 0, to = Date.now(), out } = options;
  const databaseUrl = options.databaseUrl ?? withSecretsFromFiles(process.env).DATABASE_URL ?? '';
  const choice = { dataDir: chosenDataDir(options, process.env), databaseUrl, log: createLogger('warn') };
  const target: Writable = out === undefined ? process.stdout : createWriteStream(out);
  try {
    await withDatabase(choice, (inDatabase) =>
      write(inDatabase, kind, { coinId, vsCurrency, from, to }, options, target),
    );
  } catch (error) {
    // The reader has read enough: `export … | head`.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
    throw error;
  }
  if (out !== undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    target.once('error', reject).end(resolve);
    await promise;
  }
}

async function write(
  run: RunInDatabase,
  kind: Kind,
  range: ExportRange,
  { interval, format }: Options,
  target: Writable,
): Promise<void> {
  if (kind === 'candles') {
    const pages = candlePages(run, range, interval);
    return pipeline(Readable.from(candleLines(pages, format)), target, { end: false });
  }
  const query = kind === 'ticks' ? ticksOf(range) : alertsOf(range);
  // It may take as long as its reader does.
  await run((client) => writeRows(client, query, format, target), 0);
}

async function* candleLines(
  pages: ReturnType<typeof candlePages>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield 'bucket,open,high,low,close,volume\n';
  for await (const page of pages) {
    const lines = page.map(({ start, open, high, low, close, volume }) => {
      const bucket = new Date(start).toISOString();
      return format === 'csv'
        ? `${bucket},${open},${high},${low},${close},${volume ?? ''}\n`
        : `${JSON.stringify({ bucket, open, high, low, close, volume })}\n`;
    });
    yield lines.join('');
  }
}

function intervalArgument(given: string): Interval {
  const parsed = intervalSchema.safeParse(given);
  if (!parsed.success) throw new InvalidArgumentError(t('argument.interval'));
  return parsed.data;
}
