import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Rule } from '../../shared/domain/rule.ts';
import type { RuleSolution } from '../../shared/domain/rule-solution.ts';
import { t, text } from '../../shared/messages/message.ts';
import { unlessAborted } from '../monitor/async/unless-aborted.ts';
import { NoPrices } from '../monitor/backtest/past-prices.ts';
import { solveRule } from '../monitor/backtest/rule-solver.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { readPastCandles } from '../monitor/store/reads/read-past-candles.ts';
import type { RunInDatabase } from '../monitor/store/work/with-provider.ts';
import { chosenCurrency } from './chosen-currency.ts';
import { chosenDatabase } from './chosen-database.ts';
import { whyNoPrices } from './no-prices.ts';
import { checkOrder, timeArgument } from './time-argument.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

export type SolveOptions = {
  readonly coin: readonly string[];
  readonly vsCurrency?: string;
  readonly param: string;
  readonly perWeek: number;
  readonly from: number;
  readonly to?: number;
  readonly format: 'table' | 'jsonl';
  readonly databaseUrl?: string;
};

/** Adds the flags of `SolveOptions`. */
export function addSolveFlags(command: Command): Command {
  command
    .requiredOption('--param <name>', t('help.solve.param'))
    .requiredOption('--per-week <number>', t('help.solve.per-week'), rateArgument)
    .requiredOption('--coin <ids...>', t('help.solve.coins'))
    .requiredOption('--from <time>', t('help.from-past'), timeArgument)
    .option('--to <time>', t('help.to-past'), timeArgument)
    .addOption(
      new Option('--format <format>', t('help.format')).choices(['table', 'jsonl']).default('table'),
    );
  return addFlags(command, ['vsCurrency', 'databaseUrl']);
}

/** Finds the value of a parameter for a wanted rate on stored prices, and prints it with the curve. */
export async function printSolution(
  rule: Rule,
  others: readonly Rule[],
  options: SolveOptions,
): Promise<void> {
  const choice = chosenDatabase(options, createLogger('warn'));
  const { coin: coinIds, param, perWeek, from, to = Date.now() } = options;
  const vsCurrency = chosenCurrency(options, process.env);
  checkOrder(from, to);
  const solve = (inDatabase: RunInDatabase, signal: AbortSignal): Promise<RuleSolution> =>
    solveRule(
      (range) => inDatabase((client) => readPastCandles(client, range)),
      { rule, others, coinIds, param, perWeek },
      { vsCurrency, from, to },
      signal,
    ).catch((cause) => {
      const [coinId = ''] = coinIds;
      if (!(cause instanceof NoPrices)) throw cause;
      return inDatabase(async (client) => {
        throw await whyNoPrices(client, cause, { coinId, vsCurrency });
      });
    });
  const solution = await untilStopped((signal) =>
    withDatabase(choice, (inDatabase) => unlessAborted(signal, solve(inDatabase, signal)), signal),
  );
  process.stdout.write(options.format === 'jsonl' ? asJsonLines(solution) : asTable(solution));
}

function asJsonLines({ curve, notes, ...solution }: RuleSolution): string {
  const lines = [
    ...curve.map((point) => ({ type: 'point', ...point })),
    { type: 'solution', ...solution, notes: notes.map((note) => text(note)) },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function asTable({ param, curve, best, coins, notes }: RuleSolution): string {
  const lines = [
    ...coins.map(({ from, to, ...coin }) =>
      t('solve.coin', { ...coin, from: isoTime(from), to: isoTime(to) }),
    ),
    '',
    t('solve.columns', { param }),
    ...curve.map((point) => t('solve.point', { ...point, isBest: point.value === best.value })),
    '',
    t('solve.best', { param, ...best }),
    ...notes.map((note) => text(note)),
  ];
  return `${lines.join('\n')}\n`;
}

const isoTime = (instant: number): string => new Date(instant).toISOString();

function rateArgument(given: string): number {
  const number = Number(given);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError(t('argument.above-zero'));
  return number;
}
