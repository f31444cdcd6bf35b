import { asSentence } from '../../format/as-sentence.ts';
import type { Nested } from './nested.ts';

/** Results and errors of the commands of the command line. Times are passed as text. */
export const commandTexts = {
  'command.no-database': (p: { folder: string }) =>
    `There is no database in ${p.folder}. Start the program once, or name your own PostgreSQL with --database-url.`,
  'command.own-database': (p: { url: string }) =>
    `The database is your own (${p.url}), not the embedded one; this command prints only the URL of the embedded one.`,

  'argument.time': () => 'Give an ISO 8601 time, such as 2026-01-31T12:00:00Z, or 7d for seven days ago.',
  'argument.order': (p: { from: string; to: string }) => `--from (${p.from}) must be before --to (${p.to}).`,
  'argument.no-flag': (p: { flag: string }) => `required option '${p.flag}' not specified`,
  'argument.mute': () => 'Name a coin, a rule or a channel: --coin, --rule, --channel.',
  'argument.interval': () => 'Give a number of minutes, hours, days or weeks, such as 45m.',
  'argument.above-zero': () => 'Give a number above 0.',
  'argument.count': (p: { most: number }) => `Give a whole number up to ${p.most}.`,

  'command.stopping': () => 'Stopping. A second signal ends the command immediately.',
  'command.interrupted': (p: { signal: string }) => `interrupted by ${p.signal}`,
  'command.alerts-paused': (p: { until: string | null }) =>
    `Alerts are paused until ${p.until ?? 'they are resumed: crypto-price-monitor alerts resume'}`,
  'command.no-channel': (p: { id: string; known: readonly string[] }) =>
    `There is no channel "${p.id}" in the settings. There are: ${p.known.join(', ') || 'none'}.`,
  'command.test-failed': (p: { id: string; kind: string; reason: Nested }) =>
    `${p.id}: ${p.kind}: ${p.reason}`,
  'command.test-delivered': (p: { id: string; durationMs: number }) =>
    `${p.id}: delivered in ${p.durationMs} ms`,
  'command.channels-invalid': (p: { invalid: number; count: number }) =>
    `The settings of ${p.invalid} of ${p.count} channels are invalid; see above.`,
  'command.channel-ready': () => 'ready',
  'command.channel-off': () => 'off',

  'command.rule-unreadable': (p: { file: string | null; reason: Nested }) =>
    `${ruleIn(p.file)} is not JSON: ${p.reason}.`,
  'command.rule-nowhere': (p: { file: string }) =>
    `There is no file ${p.file}. Give the rule as JSON, such as {"kind": "change", "params": {"changePct": 5}}, or in a file.`,
  'command.rule-faulty': (p: { file: string | null; path: string; fault: Nested }) =>
    p.path === '' ? `${ruleIn(p.file)} ${p.fault}.` : `${ruleIn(p.file)}: ${p.path} ${p.fault}.`,
  'command.rule-exists': (p: { id: string }) =>
    `There is a rule "${p.id}" already. Choose another id, or add --replace.`,
  'command.rule-default': (p: { id: string }) =>
    `The rule "${p.id}" is the default one. To switch it off, add {"id": "${p.id}", "kind": "${p.id}", "enabled": false}.`,
  'command.no-rule': (p: { id: string; known: readonly string[] }) =>
    `There is no rule "${p.id}". There are: ${p.known.join(', ')}.`,
  'command.unwatched-coin': (p: { coinId: string; watched: readonly string[] }) =>
    `The coin "${p.coinId}" is not watched. Watched coins: ${someOf(p.watched)}. If the program has its coins from MONITOR_COINS or --coins, ` +
    'set MONITOR_COINS for this command, too.',
  'command.unwatched-coins': (p: { unwatched: readonly string[]; watched: readonly string[] }) =>
    `Not watched, and so without prices: ${someOf(p.unwatched)}. Watched coins: ${someOf(p.watched)}.`,
  'command.no-watchlist': (p: { id: string; known: readonly string[] }) =>
    `There is no watchlist "${p.id}". There ${p.known.length === 0 ? 'are none' : `are: ${p.known.join(', ')}`}.`,
  'command.watchlist-faulty': (p: { path: string; fault: Nested }) => `${p.path} ${p.fault}.`,

  'migrate.done': (p: { version: number }) =>
    `The database is up to date: its schema has version ${p.version}.`,

  'verify.copying': () =>
    'The ticks of an earlier version are still being copied. Run the program until that is done.',
  'verify.result': (p: {
    count: number;
    missing: number;
    different: number;
    without: number;
    isRepaired: boolean;
  }) =>
    `${p.count} candles: ${p.missing} missing, ${p.different} different${p.isRepaired ? '; rewritten' : ''}, ` +
    `${p.without} without ticks, which are kept.`,
  'verify.folds': (p: {
    count: number;
    missing: number;
    different: number;
    without: number;
    isRepaired: boolean;
  }) =>
    `${p.count} folded candles of providers and imports: ${p.missing} missing, ${p.different} different, ` +
    `${p.without} without candles${p.isRepaired ? '; recomputed' : ''}.`,
  'verify.not-owner': (p: { said: string }) =>
    `Folded candles can be repaired only by the owner of the tables: ${asSentence(p.said)} ` +
    'Run it with --database-url of the owner.',
  'verify.wrong': (p: { count: number; folds: number }) =>
    [
      ...(p.count > 0 ? [`${p.count} candles differ from their ticks.`] : []),
      ...(p.folds > 0 ? [`${p.folds} folded candles differ from the candles of their sources.`] : []),
      'Run it again with --repair to correct them.',
    ].join(' '),

  'backtest.source-of-candles': (p: { source: string }) =>
    `Candles combine the prices of all sources. Add --on ticks for those of "${p.source}", or omit --source.`,
  'backtest.unstable': () => 'The rule does not give the same alerts when it is cut or restarted; see above.',
  'backtest.no-prices': (p: {
    what: 'ticks' | 'candles';
    coinId: string;
    vsCurrency: string;
    from: string;
    to: string;
  }) => `There are no ${p.what} of ${p.coinId} in ${p.vsCurrency} between ${p.from} and ${p.to}.`,
  'backtest.nothing-of': (p: {
    what: 'coin' | 'currency' | 'source';
    coinId: string;
    vsCurrency: string;
    source: string;
    known: readonly string[];
  }) => {
    const known = p.known.length === 0 ? 'nothing yet' : someOf(p.known);
    switch (p.what) {
      case 'coin':
        return `No prices of "${p.coinId}" are stored. Stored coins: ${known}.`;
      case 'currency':
        return `No prices of ${p.coinId} in "${p.vsCurrency}" are stored. Stored currencies: ${known}.`;
      case 'source':
        return `No ticks of ${p.coinId} from "${p.source}" are stored. Stored sources: ${known}.`;
    }
  },
  'backtest.heading': (p: {
    coinId: string;
    vsCurrency: string;
    prices: number;
    source: string;
    from: string;
    to: string;
  }) => `${p.coinId} in ${p.vsCurrency}, ${p.prices} prices of ${p.source} from ${p.from} to ${p.to}`,
  'backtest.alerts': (p: { count: number; perWeek: number | null }) =>
    `alerts     ${p.count}${p.perWeek === null ? '' : ` (${p.perWeek.toFixed(1)} a week)`}`,
  'backtest.worst-day': (p: { day: string | null; alerts: number }) =>
    `worst day  ${p.day === null ? '-' : `${p.day} with ${p.alerts}`}`,
  'backtest.missed': (p: { count: number; missedPct: number }) =>
    `missed     ${p.count} moves of more than ${p.missedPct}% within an hour`,
  'backtest.missed-move': (p: { from: string; to: string; changePct: number }) =>
    `           ${p.from} to ${p.to}  ${p.changePct.toFixed(2)}%`,
  'backtest.look-ahead': (p: { at: string | null; alertId: string }) =>
    `look-ahead ${p.at === null ? 'none' : `at ${p.at}: ${p.alertId}`}`,
  'backtest.restart': (p: { at: string | null; alertId: string }) =>
    `restart    ${p.at === null ? 'the same alerts' : `differs at ${p.at}: ${p.alertId}`}`,
};

const MAX_NAMES = 20;

const someOf = (names: readonly string[]): string =>
  names.length <= MAX_NAMES
    ? names.join(', ')
    : `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more`;

const ruleIn = (file: string | null): string => (file === null ? 'The rule' : `The rule in ${file}`);
