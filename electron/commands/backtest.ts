import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import type { ClientBase } from 'pg';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { type Rule, ruleSchema } from '../../shared/domain/rule.ts';
import { faultOfIssue } from '../../shared/messages/fault-of-issue.ts';
import { text } from '../../shared/messages/message.ts';
import { ruleFault } from '../monitor/alerts/bound-rule.ts';
import type { BacktestResult } from '../monitor/backtest/backtest-job.ts';
import { type PriceSeries, seriesOfCandles } from '../monitor/backtest/price-series.ts';
import { runBacktest } from '../monitor/backtest/run-backtest.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import { readCandles } from '../monitor/store/reads/read-candles.ts';
import { readPrices } from '../monitor/store/reads/read-prices.ts';
import { withDatabase } from './with-database.ts';

const CANDLE = '1m';
/** Candles that are read at once. */
const PAGE_CANDLES = 10_000;

type Options = {
  readonly rule: string;
  readonly coin: string;
  readonly vsCurrency?: string;
  readonly source?: string;
  readonly from: number;
  readonly to?: number;
  readonly on: 'ticks' | 'candles';
  readonly format: 'table' | 'jsonl';
  readonly missedPct: number;
  readonly checks: number;
  readonly databaseUrl?: string;
};

/** `backtest`: what a rule would have raised on stored prices. */
export function backtestCommand(): Command {
  const command = new Command('backtest')
    .description('try a rule on stored prices: what it would have raised, and what it would have missed')
    .requiredOption(
      '--rule <json|file>',
      'the rule, as in `rules` of settings.json: {"kind": …, "params": {…}}',
    )
    .requiredOption('--coin <id>', 'the coin, e.g. bitcoin')
    .requiredOption('--from <time>', 'ISO 8601 time, or so long ago: 7d, 12h', timeArgument)
    .option('--to <time>', 'ISO 8601 time, or so long ago (default: now)', timeArgument)
    .option('--source <name>', 'the source of the ticks (default: the one with the most)')
    .option('--on <what>', 'ticks or candles, which go further back', oneOf('ticks', 'candles'), 'candles')
    .option('--format <format>', 'table or jsonl', oneOf('table', 'jsonl'), 'table')
    .option(
      '--missed-pct <percent>',
      'a move of more than this within an hour counts as missed',
      positiveArgument,
      2,
    )
    .option(
      '--checks <number>',
      'how often the run is cut and restarted to check the rule',
      countArgument,
      5,
    );
  addFlags(command, ['vsCurrency', 'databaseUrl']);
  return command.action(run);
}

async function run(options: Options): Promise<void> {
  const rule = readRule(options.rule);
  const databaseUrl = options.databaseUrl ?? withSecretsFromFiles(process.env).DATABASE_URL ?? '';
  const choice = { dataDir: chosenDataDir(options, process.env), databaseUrl, log: createLogger('warn') };
  const series = await withDatabase(choice, (inDatabase) =>
    inDatabase((client) => readSeries(client, options)),
  );
  const { missedPct, checks, format } = options;
  const result = await runBacktest({ rule, series, missedPct, checks });
  process.stdout.write(format === 'jsonl' ? asJsonLines(result) : asTable(result, series));
  if (result.lookAhead !== null || result.restart !== null) {
    throw new Error('The rule does not give the same alerts when it is cut or restarted; see above.');
  }
}

/** @throws Error saying what is wrong with the rule */
function readRule(given: string): Rule {
  const source = given.trim().startsWith('{') ? 'The rule' : `The rule in ${given}`;
  let read: unknown;
  try {
    read = JSON.parse(given.trim().startsWith('{') ? given : readFileSync(given, 'utf8'));
  } catch (cause) {
    throw new Error(`${source} cannot be read: ${cause instanceof Error ? cause.message : cause}.`, {
      cause,
    });
  }
  const parsed = ruleSchema.safeParse({ id: 'backtest', ...(read as object) });
  const [issue] = parsed.error?.issues ?? [];
  if (issue !== undefined)
    throw new Error(`${source}: ${issue.path.join('.')} ${text(faultOfIssue(issue))}.`);
  const rule = ruleSchema.parse(parsed.data);
  const fault = ruleFault(rule);
  if (fault !== null) throw new Error(`${source}: ${text(fault)}.`);
  return rule;
}

async function readSeries(client: ClientBase, options: Options): Promise<PriceSeries> {
  const { coin: coinId, vsCurrency = 'usd', source, from, to = Date.now() } = options;
  const key = { coinId, vsCurrency };
  if (options.on === 'ticks') {
    const stored = await readPrices(client, { ...key, source, from, to });
    if (stored !== null) return { ...key, ...stored };
  } else {
    const series = await readCandleSeries(client, key, from, to);
    if (series.times.length > 0) return series;
  }
  const range = `${new Date(from).toISOString()} and ${new Date(to).toISOString()}`;
  throw new Error(`There are no ${options.on} of ${coinId} in ${vsCurrency} between ${range}.`);
}

async function readCandleSeries(
  client: ClientBase,
  key: { readonly coinId: string; readonly vsCurrency: string },
  from: number,
  to: number,
): Promise<PriceSeries> {
  const pages = [];
  for (let before = to; before > from; ) {
    const query = { ...key, interval: CANDLE, limit: PAGE_CANDLES, before } as const;
    const { candles } = await readCandles(client, query);
    pages.unshift(candles.filter(({ start }) => start >= from));
    const oldest = candles[0]?.start;
    if (oldest === undefined || candles.length < PAGE_CANDLES) break;
    before = oldest;
  }
  return seriesOfCandles({ ...key, source: 'candles' }, pages.flat(), intervalLengthMs(CANDLE));
}

function asJsonLines({ alerts, summary, lookAhead, restart }: BacktestResult): string {
  const lines = [
    ...alerts.map((alert) => ({ type: 'alert', ...alert, text: text(alertMessage(alert)) })),
    { type: 'summary', ...summary, lookAhead, restart },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function asTable({ alerts, summary, lookAhead, restart }: BacktestResult, series: PriceSeries): string {
  const { from, to, prices, perWeek, worstDay, missed, missedPct } = summary;
  const lines = [
    `${series.coinId} in ${series.vsCurrency}, ${prices} prices of ${series.source} from ${isoTime(from)} to ${isoTime(to)}`,
    '',
    ...alerts.map(
      (alert) => `${isoTime(alert.observedAt)}  ${significant(alert)}  ${text(alertMessage(alert))}`,
    ),
    ...(alerts.length > 0 ? [''] : []),
    `alerts     ${alerts.length}${perWeek === null ? '' : ` (${perWeek.toFixed(1)} a week)`}`,
    `worst day  ${worstDay === null ? '-' : `${isoDay(worstDay.day)} with ${worstDay.alerts}`}`,
    `missed     ${missed.length} moves of more than ${missedPct} % within an hour`,
    ...missed.map(
      (move) => `           ${isoTime(move.from)} to ${isoTime(move.to)}  ${move.changePct.toFixed(2)} %`,
    ),
    `look-ahead ${lookAhead === null ? 'none' : `at ${isoTime(lookAhead.at)}: ${lookAhead.alertId}`}`,
    `restart    ${restart === null ? 'the same alerts' : `differs at ${isoTime(restart.at)}: ${restart.alertId}`}`,
  ];
  return `${lines.join('\n')}\n`;
}

const isoTime = (instant: number): string => new Date(instant).toISOString();
const isoDay = (instant: number): string => isoTime(instant).slice(0, 10);
const significant = ({ price }: Alert): string => String(Number(price.toPrecision(10))).padStart(12);

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function timeArgument(given: string): number {
  const [, count, unit = ''] = /^(\d+)([mhdw])$/.exec(given) ?? [];
  const time = count === undefined ? Date.parse(given) : Date.now() - Number(count) * (UNITS_MS[unit] ?? 0);
  if (Number.isNaN(time)) throw new InvalidArgumentError('Give an ISO 8601 time, or 7d for seven days ago.');
  return time;
}

function oneOf<T extends string>(...values: readonly T[]): (given: string) => T {
  return (given) => {
    const found = values.find((value) => value === given);
    if (found === undefined) throw new InvalidArgumentError(`Give ${values.join(' or ')}.`);
    return found;
  };
}

function positiveArgument(given: string): number {
  const number = Number(given);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('Give a number above 0.');
  return number;
}

function countArgument(given: string): number {
  if (!/^\d{1,3}$/.test(given)) throw new InvalidArgumentError('Give a whole number up to 999.');
  return Number(given);
}
