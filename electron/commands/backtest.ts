import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ClientBase } from 'pg';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { message, t, text } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { comparedSources, firesWithoutPrice, ruleMemoryMs } from '../monitor/alerts/bound-rule.ts';
import { memberFaults } from '../monitor/alerts/member-order.ts';
import { unlessAborted } from '../monitor/async/unless-aborted.ts';
import type { BacktestResult } from '../monitor/backtest/backtest-job.ts';
import {
  NoPrices,
  ownCandles,
  type PastPrices,
  type ReadPastCandles,
  readPastPrices,
  readPastTicks,
} from '../monitor/backtest/past-prices.ts';
import { mergedColumns } from '../monitor/backtest/price-series.ts';
import { runInWorker } from '../monitor/backtest/run-in-worker.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import { readSettingsFile } from '../monitor/settings/settings-file.ts';
import { readPastCandles } from '../monitor/store/reads/read-past-candles.ts';
import { readPrices } from '../monitor/store/reads/read-prices.ts';
import { chosenCurrency } from './chosen-currency.ts';
import { chosenDatabase } from './chosen-database.ts';
import { whyNoPrices } from './no-prices.ts';
import { otherRules, readRule } from './read-rule.ts';
import { checkOrder, timeArgument } from './time-argument.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

/** All flags except those of the rule. */
export type BacktestOptions = {
  readonly coin: string;
  readonly vsCurrency?: string;
  readonly source?: string;
  readonly from: number;
  readonly to?: number;
  readonly on: 'ticks' | 'candles';
  readonly format: 'table' | 'jsonl';
  readonly missedPct: number;
  readonly checks: number;
  readonly check?: boolean;
  readonly databaseUrl?: string;
};

/** `backtest`: the alerts that a rule would have raised on stored prices. */
export function backtestCommand(): Command {
  const command = new Command('backtest')
    .description(t('help.backtest'))
    .requiredOption('--rule <json|file>', t('help.backtest.rule'));
  return addBacktestFlags(command).action((options: BacktestOptions & { readonly rule: string }) =>
    tryRule(
      readRule(options.rule, 'backtest'),
      otherRules(readSettingsFile(join(chosenDataDir(options, process.env), 'settings.json'))),
      options,
    ),
  );
}

/** Adds the flags of `BacktestOptions`. */
export function addBacktestFlags(command: Command): Command {
  command
    .requiredOption('--coin <id>', t('help.coin'))
    .requiredOption('--from <time>', t('help.from-past'), timeArgument)
    .option('--to <time>', t('help.to-past'), timeArgument)
    .option('--source <name>', t('help.backtest.source'))
    .addOption(
      new Option('--on <what>', t('help.backtest.on')).choices(['ticks', 'candles']).default('candles'),
    )
    .addOption(new Option('--format <format>', t('help.format')).choices(['table', 'jsonl']).default('table'))
    .option('--missed-pct <percent>', t('help.backtest.missed-pct'), positiveArgument, 2)
    .option('--checks <number>', t('help.backtest.checks'), countArgument, 5)
    .option('--check', t('help.backtest.check'));
  return addFlags(command, ['vsCurrency', 'databaseUrl']);
}

/**
 * Runs the rule on stored prices, and prints the result.
 *
 * @param others rules that it may refer to
 */
export async function tryRule(rule: Rule, others: readonly Rule[], options: BacktestOptions): Promise<void> {
  const fault = memberFaults(
    [rule],
    others.map(({ id }) => id),
  ).get(rule.id);
  if (fault !== undefined) throw new MessageError(message('rule.fault', { id: rule.id, fault }));
  const { coin: coinId, source, from, to = Date.now() } = options;
  if (source !== undefined && options.on === 'candles')
    throw new InvalidArgumentError(t('backtest.source-of-candles', { source }));
  const vsCurrency = chosenCurrency(options, process.env);
  checkOrder(from, to);
  const choice = chosenDatabase(options, createLogger('warn'));
  const { missedPct, format } = options;
  const checks = options.check ? ('all' as const) : options.checks;
  const read = (client: ClientBase): Promise<PastPrices> =>
    readSeries(client, rule, others, { ...options, vsCurrency }).catch(async (cause) => {
      if (!(cause instanceof NoPrices)) throw cause;
      throw await whyNoPrices(client, cause, { coinId, vsCurrency, source });
    });
  const [prices, result] = await untilStopped(async (signal) => {
    const past = await withDatabase(choice, (inDatabase) => unlessAborted(signal, inDatabase(read)), signal);
    const job = { rule, others, series: past.series, missedPct, checks };
    return [past, await runInWorker('backtest', job, signal)] as const;
  });
  process.stdout.write(format === 'jsonl' ? asJsonLines(result, prices.notes) : asTable(result, prices));
  if (result.lookAhead !== null || result.restart !== null) {
    throw new MessageError(message('backtest.unstable'));
  }
}

async function readSeries(
  client: ClientBase,
  rule: Rule,
  others: readonly Rule[],
  options: BacktestOptions & { readonly vsCurrency: string },
): Promise<PastPrices> {
  const { coin: coinId, vsCurrency, source, from, to = Date.now() } = options;
  const range = { coinId, vsCurrency, from, to };
  const read: ReadPastCandles = (past) => readPastCandles(client, past);
  const memoryMs = ruleMemoryMs(rule, others);
  const sources = comparedSources(rule, others);
  if (options.on === 'candles') {
    if (sources.length > 0) throw new MessageError(message('backtest.needs-ticks', { sources }));
    return readPastPrices(firesWithoutPrice(rule, others) ? ownCandles(read) : read, range, memoryMs);
  }
  const ticksOf = (ticks: Pick<typeof range, 'from' | 'to'>, of: string | undefined) =>
    readPrices(client, { ...range, ...ticks, source: of });
  const readTicks: Parameters<typeof readPastTicks>[1] = async (ticks) => {
    if (sources.length === 0) return ticksOf(ticks, source);
    const found = [];
    for (const of of sources) found.push(await ticksOf(ticks, of));
    const known = found.filter((one) => one !== null);
    return known.length === 0 ? null : mergedColumns(known);
  };
  return readPastTicks(read, readTicks, range, memoryMs);
}

function asJsonLines(
  { alerts, summary, lookAhead, restart }: BacktestResult,
  notes: PastPrices['notes'],
): string {
  const lines = [
    ...alerts.map((alert) => ({ type: 'alert', ...alert, text: text(alertMessage(alert)) })),
    { type: 'summary', ...summary, lookAhead, restart, notes: notes.map((note) => text(note)) },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function asTable(
  { alerts, summary, lookAhead, restart }: BacktestResult,
  { series, notes }: PastPrices,
): string {
  const { coinId, vsCurrency, source } = series;
  const { from, to, prices, perWeek, worstDay, missed, missedPct } = summary;
  const lines = [
    t('backtest.heading', { coinId, vsCurrency, source, prices, from: isoTime(from), to: isoTime(to) }),
    '',
    ...alerts.map(
      (alert) => `${isoTime(alert.observedAt)}  ${significant(alert)}  ${text(alertMessage(alert))}`,
    ),
    ...(alerts.length > 0 ? [''] : []),
    t('backtest.alerts', { count: alerts.length, perWeek }),
    t('backtest.worst-day', {
      day: worstDay === null ? null : isoDay(worstDay.day),
      alerts: worstDay?.alerts ?? 0,
    }),
    t('backtest.missed', { count: missed.length, missedPct }),
    ...missed.map(({ changePct, ...move }) =>
      t('backtest.missed-move', { from: isoTime(move.from), to: isoTime(move.to), changePct }),
    ),
    t('backtest.look-ahead', differenceText(lookAhead)),
    t('backtest.restart', differenceText(restart)),
    ...notes.map((note) => text(note)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The first difference between the alerts of two runs of the rule. */
function differenceText(found: BacktestResult['restart']): { at: string | null; alertId: string } {
  return { at: found === null ? null : isoTime(found.at), alertId: found?.alertId ?? '' };
}

const isoTime = (instant: number): string => new Date(instant).toISOString();
const isoDay = (instant: number): string => isoTime(instant).slice(0, 10);
const significant = ({ price }: Alert): string => String(Number(price.toPrecision(10))).padStart(12);

function positiveArgument(given: string): number {
  const number = Number(given);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError(t('argument.above-zero'));
  return number;
}

function countArgument(given: string): number {
  if (!/^\d{1,3}$/.test(given)) throw new InvalidArgumentError(t('argument.count', { most: 999 }));
  return Number(given);
}
