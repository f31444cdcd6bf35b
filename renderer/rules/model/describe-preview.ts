import type { Rule } from '../../../shared/domain/rule.ts';
import type { HeldCoin, RulePreview } from '../../../shared/domain/rule-view.ts';
import { formatCoinName } from '../../../shared/format/name.ts';
import { t, text } from '../../../shared/messages/message.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** If less than this is missing of the week, it is not mentioned. */
const SHORT_MS = 12 * HOUR_MS;

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** The length of time of a preview's prices: the requested week, or less. */
function lengthOf({ wantedFrom, covered }: RulePreview): number {
  if (covered === null) return 0;
  const from = covered.from > wantedFrom + HOUR_MS ? covered.from : wantedFrom;
  return covered.to - from;
}

/** `12 alerts in 7 days.` */
export const describeCount = (preview: RulePreview): string =>
  t('preview.count', { alerts: preview.alerts, length: formatTime(lengthOf(preview)) });

/** The rate, the day with the most alerts, and large moves without an alert. */
export function describeResult(preview: RulePreview): string {
  const { perWeek, worstDay, missed, missedPct } = preview;
  const isShort = lengthOf(preview) < WEEK_MS - HOUR_MS;
  return [
    ...(perWeek !== null && isShort ? [t('preview.rate', { rate: formatRate(perWeek) })] : []),
    ...(worstDay === null
      ? []
      : [t('preview.worst-day', { day: formatUtcDay(worstDay.day), alerts: worstDay.alerts })]),
    t('preview.missed', { missed, pct: missedPct }),
  ].join(' ');
}

/** `Mon 12 Jan`. */
const formatUtcDay = (day: number): string => dayFormat.format(day).replace(',', '');

/** `12`, `3.4`. */
const formatRate = (rate: number): string =>
  rate < 9.95 ? String(Number(rate.toFixed(1))) : rate.toFixed(0);

/** The coins for which the rule's condition already holds, and the consequence; null if there are none. */
export function describeHolding(
  held: readonly HeldCoin[],
  { direction, raiseIfHolding }: Rule,
): string | null {
  const wanted = held.filter(({ side }) => direction === 'both' || direction === side);
  if (wanted.length === 0) return null;
  const names = wanted.slice(0, MAX_NAMES).map(({ coinId }) => formatCoinName(coinId));
  const [side = null, ...others] = new Set(wanted.map((each) => each.side));
  return t('preview.holds', {
    names,
    more: wanted.length - names.length,
    side: others.length > 0 ? null : side,
    isRaised: raiseIfHolding,
  });
}

const MAX_NAMES = 3;

/** The prices that the preview is based on, and what is missing of them. */
export function describeCover(preview: RulePreview): string {
  const { on, wantedFrom, covered, warmUpMs, wantedWarmUpMs, notes } = preview;
  if (covered === null) return t(on === 'ticks' ? 'preview.no-ticks' : 'preview.no-prices');
  const words = [t(on === 'ticks' ? 'preview.ticks' : 'preview.candles'), ...notes.map((note) => text(note))];
  if (on === 'candles' && covered.from > wantedFrom + SHORT_MS)
    words.unshift(t('preview.short', { length: formatTime(lengthOf(preview)) }));
  else if (warmUpMs < wantedWarmUpMs - HOUR_MS)
    words.unshift(t('preview.warm-up', { wanted: formatTime(wantedWarmUpMs), length: formatTime(warmUpMs) }));
  return words.join(' ');
}

/** A length of time in whole days, or hours below two days. */
function formatTime(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.round(ms / DAY_MS)} days`;
  return ms >= HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / 60_000)} min`;
}
