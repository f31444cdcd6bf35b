/** Backtests, previews of rules, and the search for the value of a parameter. */
export const backtestTexts = {
  'backtest.superseded': () => 'This was cancelled by a newer request.',
  'backtest.needs-ticks': (p: { sources: readonly string[] }) =>
    `The rule compares ${p.sources.join(' and ')}, which candles do not tell apart: add --on ticks.`,
  'backtest.short-history': (p: { coinId: string; days: number; wantedDays: number }) =>
    `Prices of ${p.coinId} are stored for ${inDays(p.days)} of the ${inDays(p.wantedDays)}.`,
  'backtest.short-memory': (p: { coinId: string; days: number; neededDays: number }) =>
    `The rule looks back ${span(p.neededDays, p.neededDays)}, but before this time only ${span(p.days, p.neededDays)} of ${p.coinId} are stored.`,
  'backtest.coarse': (p: { coinId: string; sharePct: number; minutes: number }) =>
    `For ${p.sharePct}% of the time, the finest prices of ${p.coinId} are candles of up to ${p.minutes} min: the order of moves within them is unknown.`,
  'backtest.own-prices': () =>
    'Only prices that the program itself received are used; times in which it was not running count as times without prices.',
  'backtest.no-ticks-of': (p: { coinId: string; source: string }) =>
    `There are no stored prices of ${p.coinId} from ${p.source} in this time. A second exchange is followed once a rule compares it.`,
  'solve.coin': (p: { coinId: string; prices: number; alerts: number; from: string; to: string }) =>
    `${p.coinId}: ${p.alerts} alerts on ${p.prices} prices from ${p.from} to ${p.to}`,
  'solve.columns': (p: { param: string }) => `  ${p.param.padStart(14)}   alerts   a week`,
  'solve.point': (p: { value: number; alerts: number; perWeek: number; isBest: boolean }) =>
    `${p.isBest ? '>' : ' '} ${String(p.value).padStart(14)} ${String(p.alerts).padStart(8)} ${p.perWeek.toFixed(1).padStart(8)}`,
  'solve.best': (p: {
    param: string;
    value: number;
    alerts: number;
    perWeek: number;
    lowPerWeek: number;
    highPerWeek: number;
  }) =>
    `${p.param} ${p.value} gives ${p.perWeek.toFixed(1)} alerts a week: ${p.alerts} were counted, and with a probability of 95% the rate is between ${p.lowPerWeek.toFixed(1)} and ${p.highPerWeek.toFixed(1)}.`,
  'solve.not-a-number': (p: { param: string; kind: string; known?: readonly string[] }) =>
    `"${p.param}" of "${p.kind}" is not a number between two limits, so no value can be found for it.${p.known === undefined || p.known.length === 0 ? '' : ` Choose one of: ${p.known.join(', ')}.`}`,
  'solve.no-alerts': () => 'The rule raised no alert on these prices, whatever the value.',
  'solve.few-alerts': (p: { alerts: number }) =>
    p.alerts === 0
      ? 'No alert was counted at this value, so the rate is uncertain.'
      : `Only ${p.alerts} ${p.alerts === 1 ? 'alert was' : 'alerts were'} counted, so the rate is uncertain.`,
  'solve.out-of-reach': (p: { perWeek: number; nearest: number }) =>
    `No value gives about ${p.perWeek} alerts a week; the nearest is ${p.nearest.toFixed(1)}.`,
};

/** In hours if both are less than two days, otherwise in days. */
function span(days: number, longest: number): string {
  return longest < 2 ? `${Number((days * 24).toFixed(1))} h` : inDays(days);
}

/** `1 day`, `30 days`, `2.5 days`. */
function inDays(days: number): string {
  const rounded = Number(days.toFixed(days < 10 ? 1 : 0));
  return `${rounded} ${rounded === 1 ? 'day' : 'days'}`;
}
