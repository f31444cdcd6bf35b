import { formatSpan as spanOf } from '../../format/span.ts';

type Direction = 'up' | 'down' | null;

/** The texts of alerts, by the kind of the rule, without time and coin. They are also lines of alerts.txt: do not reword. */
export const alertTexts = {
  'alert.moving-average': (p: { thresholdPct: number; windowMinutes: number; ema?: number }) =>
    `price changed by more than ${p.thresholdPct}% from the ${p.windowMinutes}-min ${p.ema === undefined ? 'average' : 'exponential average'}`,
  'alert.change': (p: { changePct: number; withinMinutes: number; direction: Direction }) =>
    `price ${p.direction === 'down' ? 'fell' : 'rose'} by ${Math.abs(p.changePct).toFixed(2)}% within ${spanOf(p.withinMinutes)}`,
  'alert.level': (p: { level: number; direction: Direction }) =>
    p.direction === 'down' ? `price fell below ${p.level}` : `price rose above ${p.level}`,
  'alert.high-low': (p: { hours: number | null; direction: Direction }) =>
    `price is the ${p.direction === 'down' ? 'lowest' : 'highest'} ${p.hours === null ? 'so far' : `of ${spanOf(p.hours * 60)}`}`,
  'alert.drawdown': (p: { drawdownPct: number; hours: number }) =>
    `price is more than ${p.drawdownPct}% below the highest of ${spanOf(p.hours * 60)}`,
  'alert.unusual-move': (p: { windowMinutes: number; zScore: number; direction: Direction }) =>
    `price ${p.direction === 'down' ? 'fell' : 'rose'} unusually far from the ${p.windowMinutes}-min average: ${p.zScore.toFixed(1)} standard deviations`,
  'alert.rsi': (p: {
    period: number;
    barMinutes: number;
    over: number;
    under: number;
    direction: Direction;
  }) =>
    `RSI(${p.period}) of ${spanOf(p.barMinutes)} bars is ${p.direction === 'down' ? `below ${p.under}` : `above ${p.over}`}`,
  'alert.macd': (p: {
    fast: number;
    slow: number;
    signal: number;
    barMinutes: number;
    direction: Direction;
  }) =>
    `MACD(${p.fast}, ${p.slow}, ${p.signal}) of ${spanOf(p.barMinutes)} bars crossed ${p.direction === 'down' ? 'below' : 'above'} its signal`,
  'alert.bollinger': (p: { period: number; deviations: number; barMinutes: number; direction: Direction }) =>
    `price left the Bollinger band(${p.period}, ${p.deviations}) of ${spanOf(p.barMinutes)} bars ${p.direction === 'down' ? 'downwards' : 'upwards'}`,
  'alert.volatility': (p: { ratio: number; recentMinutes: number; normHours: number }) =>
    `volatility of ${spanOf(p.recentMinutes)} is ${p.ratio.toFixed(1)} times its norm of ${spanOf(p.normHours * 60)}`,
  'alert.volume': (p: { ratio: number }) =>
    `volume of this hour is ${p.ratio.toFixed(1)} times its average at this time of day`,
  'alert.no-data': (p: { silentMinutes: number; coins: number }) =>
    `has had no price for ${spanOf(Math.floor(p.silentMinutes))}${p.coins > 1 ? `, nor has ${p.coins === 2 ? 'the other coin' : `any of the other ${p.coins - 1} coins`}` : ''}`,
  'alert.spread': (p: { sources: readonly string[]; spreadPct: number; direction: Direction }) =>
    `price of ${p.sources[0]} is ${Math.abs(p.spreadPct).toFixed(2)}% ${p.direction === 'down' ? 'below' : 'above'} that of ${p.sources[1]}`,
  'alert.combination': (p: { rules: readonly string[]; match: 'all' | 'any'; withinMinutes: number }) =>
    `${p.match === 'all' ? p.rules.join(' and ') : `one of ${p.rules.join(', ')}`} fired${p.match === 'all' && p.withinMinutes > 0 ? ` within ${spanOf(p.withinMinutes)}` : ''}`,
};

/** Notifications, and messages of channels, about one or several alerts. Prices come as text. */
export const alertListTexts = {
  'alerts.several': (p: { count: number; names: readonly string[] }) =>
    `${p.count} price alerts: ${listOf(p.names)}`,
  'alerts.over': (p: { headline: string; duration: string }) => `${p.headline}: over after ${p.duration}`,
  'alerts.followed': (p: { headline: string; duration: string }) =>
    `${p.headline}: continues after ${p.duration}, with later alerts`,
  'alerts.over-after': (p: { duration: string }) => `over after ${p.duration}`,
  'alerts.several-over': (p: { count: number }) => `${p.count} price alerts are over`,
  'alerts.extreme': (p: { price: string; change: string | null }) =>
    p.change === null ? `furthest at ${p.price}` : `furthest at ${p.price} (${p.change})`,
  'alerts.market': (p: { direction: 'up' | 'down'; coins: number; watched: number; largest: string }) =>
    `Market ${p.direction === 'up' ? 'rises' : 'falls'}: ${p.coins} of ${p.watched} coins, most of all ${p.largest}`,
  'alerts.missed': (p: {
    reason: keyof typeof WHILE_QUIET;
    count: number;
    hasMore: boolean;
    largest: string;
  }) =>
    p.count === 1
      ? `Missed ${WHILE_QUIET[p.reason]}: ${p.largest}`
      : `${p.hasMore ? `More than ${p.count}` : p.count} alerts ${WHILE_QUIET[p.reason]}, the largest: ${p.largest}`,
  'alerts.and-more': (p: { count: number }) => `and ${p.count} more`,
  'alerts.at-price': (p: { headline: string; price: string }) => `${p.headline} at ${p.price}`,
  'alerts.with-average': (p: { price: string; average: string }) => `${p.price}, average ${p.average}`,
};

const WHILE_QUIET = { paused: 'while alerts were paused', 'quiet-hours': 'during quiet hours' };

function listOf(names: readonly string[]): string {
  if (names.length <= 3) return names.join(', ');
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}
