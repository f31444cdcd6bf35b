import { formatSource } from '../../format/name.ts';
import { formatGrouped } from '../../format/number.ts';
import { formatSpan, formatSpanAdjective } from '../../format/span.ts';

type Side = 'up' | 'down' | 'both';

/** The verb of a move to this side. */
const MOVES: Readonly<Record<Side, string>> = { up: 'Rises', down: 'Falls', both: 'Moves' };

/**
 * The texts about rules on the page. `rule-kind.<kind>` is the name of a kind, `rule-kind-help.<kind>` says when to use it, and
 * `rule-says.<kind>` describes a rule of the kind; `rule-field.<field>` is the label of a field, `rule-field-help.<field>` its hint;
 * `rule-choice.<value>` is the name of a value. If one is missing, the page shows the kind, field or value itself.
 */
export const ruleTexts = {
  'rule-kind.moving-average': () => 'Distance from the average',
  'rule-kind-help.moving-average': () => 'Sudden moves. In a slow move, the average follows the price.',
  'rule-says.moving-average': (p: {
    thresholdPct: number;
    windowMinutes: number;
    average: string | null;
    direction: Side;
  }) =>
    `${MOVES[p.direction]} more than ${p.thresholdPct}% from its ${formatSpanAdjective(p.windowMinutes)} ${p.average === 'exponential' ? 'exponential average' : 'average'}`,
  'rule-kind.change': () => 'Change within a time',
  'rule-kind-help.change': () =>
    'A move of this size, wherever in that time it began. What most people mean by “it moved”.',
  'rule-says.change': (p: { changePct: number; withinMinutes: number; direction: Side }) =>
    `${MOVES[p.direction]} more than ${p.changePct}% within ${formatSpan(p.withinMinutes)}`,
  'rule-kind.level': () => 'Price level',
  'rule-kind-help.level': () => 'A price that is crossed. Each level is a rule of its own.',
  'rule-says.level': (p: { level: number | string; direction: Side }) =>
    `${{ up: 'Rises above', down: 'Falls below', both: 'Crosses' }[p.direction]} ${typeof p.level === 'number' ? formatGrouped(p.level) : p.level}`,
  'rule-kind.high-low': () => 'New high or low',
  'rule-kind-help.high-low': () =>
    'A price above or below all prices of the hours before. A continuous rise is one alert.',
  'rule-says.high-low': (p: { hours: number | null; direction: Side }) => {
    const extreme = { up: 'high', down: 'low', both: 'high or low' }[p.direction];
    return p.hours === null
      ? `Highest or lowest so far: new ${extreme}`
      : `New ${formatSpanAdjective(p.hours * 60)} ${extreme}`;
  },
  'rule-kind.drawdown': () => 'Fall from the peak',
  'rule-kind-help.drawdown': () => 'How far the price is below its highest of the last hours.',
  'rule-says.drawdown': (p: { drawdownPct: number; hours: number }) =>
    `Falls more than ${p.drawdownPct}% below its ${formatSpanAdjective(p.hours * 60)} high`,
  'rule-kind.unusual-move': () => 'Unusual move',
  'rule-kind-help.unusual-move': () =>
    'A distance from the average that is large for this coin. One rule suits calm and volatile coins alike.',
  'rule-says.unusual-move': (p: {
    score: number;
    windowMinutes: number;
    floorPct: number;
    direction: Side;
  }) =>
    `${MOVES[p.direction]} unusually far from its ${formatSpanAdjective(p.windowMinutes)} average: more than ${p.score} σ and ${p.floorPct}%`,
  'rule-kind.rsi': () => 'RSI',
  'rule-kind-help.rsi': () => 'The relative strength index of bars that have ended.',
  'rule-says.rsi': (p: {
    period: number;
    barMinutes: number;
    over: number;
    under: number;
    direction: Side;
  }) => {
    const bounds = {
      up: `above ${p.over}`,
      down: `below ${p.under}`,
      both: `above ${p.over} or below ${p.under}`,
    };
    return `RSI(${p.period}) of ${formatSpanAdjective(p.barMinutes)} bars ${bounds[p.direction]}`;
  },
  'rule-kind.macd': () => 'MACD',
  'rule-kind-help.macd': () => 'MACD crosses its signal, on bars that have ended.',
  'rule-says.macd': (p: {
    fast: number;
    slow: number;
    signal: number;
    barMinutes: number;
    direction: Side;
  }) => {
    const crosses = { up: 'crosses above', down: 'crosses below', both: 'crosses' }[p.direction];
    return `MACD(${p.fast}, ${p.slow}, ${p.signal}) of ${formatSpanAdjective(p.barMinutes)} bars ${crosses} its signal`;
  },
  'rule-kind.bollinger': () => 'Bollinger band',
  'rule-kind-help.bollinger': () => 'A price outside of the band around the mean of the last closes.',
  'rule-says.bollinger': (p: { period: number; deviations: number; barMinutes: number; direction: Side }) =>
    `${{ up: 'Rises above', down: 'Falls below', both: 'Leaves' }[p.direction]} the Bollinger band(${p.period}, ${p.deviations}) of ${formatSpanAdjective(p.barMinutes)} bars`,
  'rule-kind.volatility': () => 'Volatility',
  'rule-kind-help.volatility': () => 'How much the price moves, in either direction.',
  'rule-says.volatility': (p: { factor: number; recentMinutes: number; normHours: number }) =>
    `Volatility of ${formatSpan(p.recentMinutes)} is ${p.factor} times its norm of ${formatSpan(p.normHours * 60)}`,
  'rule-kind.volume': () => 'Volume',
  'rule-kind-help.volume': () => 'Needs the volume that exchanges report.',
  'rule-says.volume': (p: { factor: number }) =>
    `Volume of an hour is ${p.factor} times its average at that time of day`,
  'rule-kind.no-data': () => 'No data',
  'rule-kind-help.no-data': () => 'A coin without new prices from any source.',
  'rule-says.no-data': (p: { minutes: number }) => `Has no price for ${formatSpan(p.minutes)}`,
  'rule-kind.spread': () => 'Spread between sources',
  'rule-kind-help.spread': () => 'Two sources whose prices differ.',
  'rule-says.spread': (p: { spreadPct: number; sources: readonly string[]; direction: Side }) => {
    const [one, other] = p.sources.map(formatSource);
    return p.direction === 'both'
      ? `${one} and ${other} differ by more than ${p.spreadPct}%`
      : `${one} is more than ${p.spreadPct}% ${p.direction === 'up' ? 'above' : 'below'} ${other}`;
  },
  'rule-kind.combination': () => 'Combination of rules',
  'rule-kind-help.combination': () => 'Other rules that fire together, or one of them.',
  'rule-says.combination': (p: {
    rules: readonly string[];
    match: 'all' | 'any';
    withinMinutes: number;
    direction: Side;
  }) => {
    const side = { up: ', upwards', down: ', downwards', both: '' }[p.direction];
    return p.match === 'any'
      ? `One of ${p.rules.join(', ')} fires${side}`
      : `${p.rules.join(' and ')} fire within ${formatSpan(p.withinMinutes)}${side}`;
  },

  'rule-field.id': () => 'Name',
  'rule-field-help.id': () => 'Cannot be changed later, because alerts refer to it.',
  'rule-field.kind': () => 'What it watches',
  'rule-field.scope': () => 'Coins',
  'rule-field-help.scope': () => 'Each coin is watched separately.',
  'rule-field.severity': () => 'Severity',
  'rule-field-help.severity': () => 'Channels can filter by it.',
  'rule-field.direction': () => 'Direction',
  'rule-field-help.direction': () => 'The direction of moves that raise alerts.',
  'rule-field.forSeconds': () => 'Holds for, seconds',
  'rule-field-help.forSeconds': () => 'How long the condition must hold without interruption.',
  'rule-field.cooldownMinutes': () => 'Cooldown, minutes',
  'rule-field-help.cooldownMinutes': () => 'Quiet time after an alert, for each coin.',
  'rule-field.ratchetPct': () => 'Repeat after a further move, %',
  'rule-field-help.ratchetPct': () =>
    'Raises again only when the price has moved this far from the last alert. Empty: no limit.',
  'rule-field.activeHours': () => 'Active hours',
  'rule-field-help.activeHours': () => 'Local times, e.g. 08:00-22:00. Empty: always.',
  'rule-field.repeat': () => 'How often',
  'rule-field.raiseIfHolding': () => 'Raise immediately if it already holds',
  'rule-field-help.raiseIfHolding': () => 'Otherwise at the next crossing.',
  'rule-field.until': () => 'Until',
  'rule-field-help.until': () => 'A time with its zone, e.g. 2026-12-31T18:00:00Z. Empty: no end.',

  'rule-field.notify': () => 'Raises alerts',
  'rule-field-help.notify': () => 'Off: the rule is used only by combinations.',
  'rule-field.minutes': () => 'Without a price, minutes',
  'rule-field.spreadPct': () => 'Difference, %',
  'rule-field.sources': () => 'Sources',
  'rule-field-help.sources': () => 'Exactly two.',
  'rule-field.maxAgeSeconds': () => 'Maximum time apart, seconds',
  'rule-field-help.maxAgeSeconds': () => 'Between the prices of the two sources.',
  'rule-field.rules': () => 'Rules',
  'rule-field-help.rules': () => 'Names of other rules.',
  'rule-field.match': () => 'Which of them',
  'rule-field.thresholdPct': () => 'Distance, %',
  'rule-field-help.thresholdPct': () => 'From the average.',
  'rule-field.windowMinutes': () => 'Average over, minutes',
  'rule-field.average': () => 'Average',
  'rule-field.changePct': () => 'Change, %',
  'rule-field.withinMinutes': () => 'Within, minutes',
  'rule-field.level': () => 'Level',
  'rule-field-help.level': () => 'In the quote currency.',
  'rule-field.hysteresisPct': () => 'Hysteresis, %',
  'rule-field-help.hysteresisPct': () => 'How far the price must return before the next crossing counts.',
  'rule-field.hours': () => 'Hours',
  'rule-field-help.hours': () => 'How far back prices are compared: 24 is a day, 720 is 30 days.',
  'rule-field.rearmPct': () => 'Return before the next alert, %',
  'rule-field.drawdownPct': () => 'Fall, %',
  'rule-field.score': () => 'Standard deviations',
  'rule-field-help.score': () => 'More is rarer.',
  'rule-field.halfLifeHours': () => 'Half-life, hours',
  'rule-field-help.halfLifeHours': () => 'How fast the rule adapts to the usual volatility.',
  'rule-field.floorPct': () => 'Minimum distance, %',
  'rule-field-help.floorPct': () => 'Smaller moves are never unusual.',
  'rule-field.period': () => 'Period, bars',
  'rule-field.barMinutes': () => 'Bar, minutes',
  'rule-field.over': () => 'Above',
  'rule-field.under': () => 'Below',
  'rule-field.fast': () => 'Fast average, bars',
  'rule-field.slow': () => 'Slow average, bars',
  'rule-field.signal': () => 'Signal, bars',
  'rule-field.deviations': () => 'Standard deviations',
  'rule-field.factor': () => 'Times the norm',
  'rule-field.recentMinutes': () => 'Recent, minutes',
  'rule-field.normHours': () => 'Norm over, hours',
  'rule-field.halfLifeDays': () => 'Half-life, days',
  'rule-field.minDays': () => 'Minimum history, days',

  'rule-choice.all': () => 'All',
  'rule-choice.any': () => 'Any',
  'rule-choice.up': () => 'Up',
  'rule-choice.down': () => 'Down',
  'rule-choice.both': () => 'Up and down',
  'rule-choice.every-time': () => 'Every time',
  'rule-choice.once': () => 'Once for each coin',
  'rule-choice.info': () => 'Info',
  'rule-choice.warning': () => 'Warning',
  'rule-choice.critical': () => 'Critical',
  'rule-choice.simple': () => 'Simple',
  'rule-choice.exponential': () => 'Exponential',

  'rule-template.moved-in-an-hour': () => 'Moved 5% in an hour',
  'rule-template.moved-in-a-day': () => 'Moved 10% in a day',
  'rule-template.new-high': () => 'New 30-day high',
  'rule-template.unusual': () => 'Unusual move',
  'rule-template.below-peak': () => 'Fell 10% from its peak',
  'rule-template.level': () => 'Crosses a level',
};
