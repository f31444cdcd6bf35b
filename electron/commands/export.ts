import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { Interval } from '../../shared/domain/interval.ts';
import {
  EXPORT_KINDS,
  type ExportKind,
  FILE_FORMATS,
  type FileFormat,
} from '../../shared/domain/transfer.ts';
import { t } from '../../shared/messages/message.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { createOpenedTargets } from '../monitor/store/archive/targets/open-targets.ts';
import { writeExport } from '../monitor/store/export/write-export.ts';
import { chosenCurrency } from './chosen-currency.ts';
import { chosenDatabase } from './chosen-database.ts';
import { intervalArgument } from './interval-argument.ts';
import { nothingStored } from './no-prices.ts';
import { COIN_FLAG, requireCoin } from './required-coin.ts';
import { keepHeapSmall } from './small-heap.ts';
import { checkOrder, timeArgument } from './time-argument.ts';
import { toOutput } from './to-output.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

type Options = {
  readonly coin?: string;
  readonly vsCurrency?: string;
  readonly interval: Interval;
  readonly from?: number;
  readonly to?: number;
  readonly format: FileFormat;
  readonly out?: string;
  readonly databaseUrl?: string;
};

/** `export`: writes the stored data of a coin for other programs. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description(t('help.export'))
    .addArgument(new Argument('<what>').choices(EXPORT_KINDS))
    .option(COIN_FLAG, t('help.coin'))
    .option('--interval <interval>', t('help.export.interval'), intervalArgument, '1h')
    .option('--from <time>', t('help.export.from'), timeArgument)
    .option('--to <time>', t('help.export.to'), timeArgument)
    .addOption(new Option('--format <format>', t('help.format')).choices(FILE_FORMATS).default('csv'))
    .option('--out <file>', t('help.export.out'));
  addFlags(command, ['vsCurrency', 'databaseUrl']);
  return command.action(run);
}

async function run(kind: ExportKind, options: Options, command: Command): Promise<void> {
  const coinId = requireCoin(options.coin, command);
  const { from = 0, to = Date.now(), out, interval, format } = options;
  if (format === 'parquet' && out === undefined && process.stdout.isTTY)
    throw new InvalidArgumentError(t('export.terminal'));
  checkOrder(from, to);
  const vsCurrency = chosenCurrency(options, process.env);
  keepHeapSmall();
  const choice = chosenDatabase(options, createLogger('warn'));
  const request = { kind, range: { coinId, vsCurrency, from, to }, interval, format };
  const targets = createOpenedTargets(withSecretsFromFiles(process.env));
  try {
    await untilStopped((signal) =>
      toOutput(out, (target) =>
        withDatabase(
          choice,
          async (inDatabase) => {
            const unknown = await inDatabase((client) => nothingStored(client, { coinId, vsCurrency }));
            if (unknown !== null) throw unknown;
            await writeExport(inDatabase, request, target, { targets, onArchived: sayArchived, signal });
          },
          signal,
        ),
      ),
    );
  } finally {
    await targets.close();
  }
}

function sayArchived(months: number, archives: readonly string[]): void {
  process.stderr.write(`${t('export.archived', { months, archives })}\n`);
}
