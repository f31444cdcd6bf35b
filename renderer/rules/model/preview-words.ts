import type { Rule } from '../../../shared/domain/rule.ts';
import type { RulePreview } from '../../../shared/domain/rule-view.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** How long the prices of a preview are: the week that was asked for, or less. */
function lengthOf({ wantedFrom, covered }: RulePreview): number {
  if (covered === null) return 0;
  const from = covered.from > wantedFrom + HOUR_MS ? covered.from : wantedFrom;
  return covered.to - from;
}

/** `12 alerts in 7 days` */
export function countWords(preview: RulePreview): string {
  const { alerts } = preview;
  return `${alerts} ${alerts === 1 ? 'alert' : 'alerts'} in ${formatTime(lengthOf(preview))}`;
}

/** The rate, the worst day, and moves that the rule does not notice. */
export function summaryWords(preview: RulePreview): string {
  const { perWeek, worstDay, missed, missedPct } = preview;
  const isShort = lengthOf(preview) < WEEK_MS - HOUR_MS;
  const moves = missed === 0 ? 'No move' : missed === 1 ? 'One move' : `${missed} moves`;
  return [
    ...(perWeek !== null && isShort ? [`About ${formatRate(perWeek)} a week.`] : []),
    ...(worstDay === null
      ? []
      : [`Most on ${dayFormat.format(worstDay.day).replace(',', '')} (UTC): ${worstDay.alerts}.`]),
    `${moves} of more than ${missedPct}\u00a0% within an hour without an alert nearby.`,
  ].join(' ');
}

/** `12`, `3.4`. */
const formatRate = (rate: number): string =>
  rate < 9.95 ? String(Number(rate.toFixed(1))) : rate.toFixed(0);

/** Whether the rule's condition holds already, and what comes of that; null when it does not. */
export function holdsWords({ holds }: RulePreview, { direction, raiseIfHolding }: Rule): string | null {
  if (holds === null || (direction !== 'both' && direction !== holds)) return null;
  const side = holds === 'up' ? 'upwards' : 'downwards';
  const next = raiseIfHolding
    ? 'The rule raises an alert at once.'
    : 'The rule raises an alert with the next crossing; “Raise at once” below “More” changes that.';
  return `The condition holds already, ${side}. ${next}`;
}

/** How much history there is. */
export function coverWords(preview: RulePreview): string {
  const { wantedFrom, covered, warmUpMs, wantedWarmUpMs } = preview;
  if (covered === null) return 'There are no stored prices of this coin in the last seven days.';
  const words = ['From candles of a minute; prices within a minute are in an assumed order.'];
  if (covered.from > wantedFrom + HOUR_MS)
    words.unshift(`Prices of a minute are stored for the last ${formatTime(lengthOf(preview))} of the week.`);
  else if (warmUpMs < wantedWarmUpMs - HOUR_MS)
    words.unshift(
      `The rule looks back ${formatTime(wantedWarmUpMs)}, and prices of ${formatTime(warmUpMs)} before the week are stored: its first alerts may be missing.`,
    );
  return words.join(' ');
}

/** A length of time in whole days, or hours below two days. */
function formatTime(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.round(ms / DAY_MS)} days`;
  return ms >= HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / 60_000)} min`;
}
