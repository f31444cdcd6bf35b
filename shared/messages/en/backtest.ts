/** What a preview of a rule and the search for a threshold have to say about their answers. */
export const backtestTexts = {
  'backtest.superseded': () => 'This was cancelled, because something else was asked for.',
  'backtest.short-history': (p: { coinId: string; days: number; wantedDays: number }) =>
    `Prices of ${p.coinId} are stored for ${inDays(p.days)} of the ${inDays(p.wantedDays)}.`,
  'backtest.short-memory': (p: { coinId: string; days: number; neededDays: number }) =>
    `The rule looks back ${inDays(p.neededDays)}, but before this time only ${inDays(p.days)} of ${p.coinId} are stored.`,
  'backtest.coarse': (p: { coinId: string; sharePct: number; minutes: number }) =>
    `For ${p.sharePct} % of the time, the finest prices of ${p.coinId} are candles of up to ${p.minutes} min: moves within them are not seen in their order.`,
  'solve.not-a-number': (p: { param: string; kind: string }) =>
    `"${p.param}" of "${p.kind}" is not a number between two limits, so no value can be found for it.`,
  'solve.no-alerts': () => 'The rule raised no alert on these prices, whatever the value.',
  'solve.few-alerts': (p: { alerts: number }) =>
    `Only ${p.alerts} ${p.alerts === 1 ? 'alert was' : 'alerts were'} counted, so the rate is uncertain.`,
  'solve.out-of-reach': (p: { perWeek: number; nearest: number }) =>
    `No value gives about ${p.perWeek} alerts a week; the nearest is ${p.nearest.toFixed(1)}.`,
};

/** `1 day`, `30 days`, `2.5 days`. */
function inDays(days: number): string {
  const rounded = Number(days.toFixed(days < 10 ? 1 : 0));
  return `${rounded} ${rounded === 1 ? 'day' : 'days'}`;
}
