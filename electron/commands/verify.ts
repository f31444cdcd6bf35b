import { Command } from 'commander';
import { message, t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { unlessAborted } from '../monitor/async/unless-aborted.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { monthLabel } from '../monitor/store/archive/archive-path.ts';
import type { ArchivedTable } from '../monitor/store/archive/archived-table.ts';
import type { Month } from '../monitor/store/partitions/partition-month.ts';
import type { Finding } from '../monitor/store/verify/finding.ts';
import { type CandleFinding, verifyCandles } from '../monitor/store/verify/verify-candles.ts';
import { type FoldFault, type FoldFinding, verifyFolds } from '../monitor/store/verify/verify-folds.ts';
import type { RunInDatabase } from '../monitor/store/work/with-provider.ts';
import { chosenDatabase } from './chosen-database.ts';
import { checkOrder, timeArgument } from './time-argument.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

type Options = {
  readonly from: number;
  readonly to: number;
  readonly repair?: boolean;
  readonly databaseUrl?: string;
};

/** `verify`: recomputes candles, and folds of historical candles, and reports stored ones that differ. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description(t('help.verify'))
    .requiredOption('--from <time>', t('help.whole-day'), timeArgument)
    .requiredOption('--to <time>', t('help.whole-day'), timeArgument)
    .option('--repair', t('help.verify.repair'));
  addFlags(command, ['databaseUrl']);
  return command.action(run);
}

async function run(options: Options): Promise<void> {
  const { from, to, repair: repairs = false } = options;
  checkOrder(from, to);
  const log = createLogger('warn');
  const choice = chosenDatabase(options, log);
  const found = { missing: 0, different: 0, 'without-ticks': 0 };
  const onFinding = (finding: CandleFinding): void => {
    found[finding.fault] += 1;
    process.stdout.write(`${lineOf(finding)}\n`);
  };
  const folds = { missing: 0, different: 0, 'without-candles': 0 };
  const onFold = (finding: FoldFinding): void => {
    folds[finding.fault] += 1;
    process.stdout.write(`${lineOf({ ...finding, interval: `${finding.interval} of history` })}\n`);
  };
  const check = async (inDatabase: RunInDatabase): Promise<readonly [number, number]> => {
    const checked = await verifyCandles({ from, to, repairs, run: inDatabase, onFinding, onArchived });
    const folded = await verifyFolds({ from, to, repairs, run: inDatabase, onFinding: onFold });
    return [checked, folded];
  };
  // Repairs are committed hour by hour, so the command can be interrupted at any moment.
  const [count, foldCount] = await untilStopped((signal) =>
    withDatabase(choice, (inDatabase) => unlessAborted(signal, check(inDatabase)), signal),
  );
  const wrong = found.missing + found.different;
  const { missing, different, 'without-ticks': without } = found;
  const isRepaired = repairs && wrong > 0;
  process.stdout.write(`${t('verify.result', { count, missing, different, without, isRepaired })}\n`);
  const wrongFolds = folds.missing + folds.different + folds['without-candles'];
  if (foldCount + wrongFolds > 0) process.stdout.write(`${foldResult(foldCount, folds, repairs)}\n`);
  if (wrong + wrongFolds > 0 && !repairs)
    throw new MessageError(message('verify.wrong', { count: wrong, folds: wrongFolds }));
}

function foldResult(count: number, folds: Readonly<Record<FoldFault, number>>, repairs: boolean): string {
  const { missing, different, 'without-candles': without } = folds;
  const isRepaired = repairs && missing + different + without > 0;
  return t('verify.folds', { count, missing, different, without, isRepaired });
}

function onArchived({ name }: ArchivedTable, month: Month): void {
  process.stderr.write(`${t('verify.archived', { relation: name, month: monthLabel(month) })}\n`);
}

function lineOf({
  start,
  interval,
  coinId,
  vsCurrency,
  source,
  fault,
  columns,
}: Finding<string, string>): string {
  const differing = columns.length === 0 ? '' : ` (${columns.join(', ')})`;
  return `${new Date(start).toISOString()} ${interval} ${coinId} ${vsCurrency} ${source}: ${fault}${differing}`;
}
