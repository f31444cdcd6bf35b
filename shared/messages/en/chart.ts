import type { Nested } from './nested.ts';

/** The two kinds of volume are different quantities, and never share a name. */
const VOLUMES = { traded: 'Traded volume', 'rolling-24h': '24 h volume (rolling)' };
/** `A, B and C`. */
const listed = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ');
const DRAWINGS = {
  level: 'Level',
  trend: 'Trend line',
  ray: 'Ray',
  rectangle: 'Rectangle',
  fibonacci: 'Fibonacci',
  text: 'Text',
};

/** The chart: texts in place of candles, beside them and for screen readers. Times and prices are passed as text. */
export const chartTexts = {
  'chart.title': (p: { coin: string }) => `${p.coin} chart`,
  'chart.live': () => 'Live',
  'chart.interval': () => 'Candle interval',
  'chart.outdated': (p: { reason: Nested }) => `The candles may be out of date: ${p.reason}`,
  'chart.no-prices': (p: { coin: string }) => `There are no prices of ${p.coin}.`,
  'chart.past-loading': () => 'History is being loaded.',
  'chart.candles-to-come': () => 'Candles appear as prices arrive.',
  'chart.first-to-come': (p: { coin: string }) => `The first one is drawn with the next price of ${p.coin}.`,
  'chart.loading': () => 'Loading the chart',
  'chart.loading-candles': () => 'Loading candles',
  'chart.loading-older': () => 'Loading older candles…',
  'chart.unreadable': () => 'Candles cannot be read right now.',
  'chart.not-loaded': () => 'The candles could not be loaded.',
  'chart.comes-back': () => 'Prices are still recorded; the chart reappears automatically.',
  'chart.no-prices-then': () => 'No prices in this period.',
  'chart.go-to': (p: { date: string }) => `Go to ${p.date}`,
  'chart.coin': () => 'Coin of this chart',
  'chart.history-begins': () => 'History begins here',
  'chart.alerts-here': (p: { count: number }) => `${p.count} alerts`,
  'chart.more-alerts': (p: { count: number }) => `and ${p.count} more, in the list of alerts`,
  'chart.sources': (p: { names: readonly string[]; changes: number; firstChange: string | null }) => {
    if (p.changes === 1) return `Prices: ${p.names[0]}, then ${p.names[1]} from ${p.firstChange}`;
    return `Prices: ${listed(p.names)}, with ${p.changes} changes`;
  },
  'chart.volume': (p: { kind: keyof typeof VOLUMES }) => VOLUMES[p.kind],
  'chart.volume-in': (p: { kind: keyof typeof VOLUMES; unit: string }) => `${VOLUMES[p.kind]}, ${p.unit}`,
  'chart.role': () => 'candle chart',
  'chart.keys': (p: { coin: string; interval: string }) =>
    `${p.coin}, ${p.interval} candles. Arrow keys move in time, with Shift from candle to candle; plus and minus zoom, End returns to the present, P plays the closes as tones.`,

  'readout.time': () => 'Time',
  'readout.open': () => 'O',
  'readout.high': () => 'H',
  'readout.low': () => 'L',
  'readout.close': () => 'C',
  'readout.change': () => 'Change',
  'readout.from': () => 'From',
  'readout.origin': (p: { source: string | null; isHistory: boolean }) =>
    [p.source, p.isHistory ? 'history' : null].filter((part) => part !== null).join(', '),
  'readout.state': () => 'State',
  'readout.not-closed': () => 'not closed yet',

  'measure.candles': (p: { count: number; span: string }) => `${p.count} candles, ${p.span}`,
  'measure.volume': (p: { volume: string }) => `Volume ${p.volume}`,

  'chart-table.open': () => 'Candles as a table',
  'chart-table.caption': (p: { count: number }) => `The last ${p.count} candles of the chart`,
  'chart-table.time': () => 'Time',
  'chart-table.opening': () => 'Open',
  'chart-table.high': () => 'High',
  'chart-table.low': () => 'Low',
  'chart-table.close': () => 'Close',
  'chart-table.volume': () => 'Volume',
  'chart-table.unknown': () => 'unknown',
  'chart.no-candle': () => 'No candle here.',
  'chart.candle': (p: { date: string; price: string; change: string }) =>
    `${p.date}: ${p.price}, ${p.change}`,

  'summary.empty': () => 'There are no candles in this period.',
  'summary.range': (p: { count: number; from: string; to: string }) =>
    `${p.count} candles from ${p.from} to ${p.to}.`,
  'summary.change': (p: { from: string; to: string; change: string }) =>
    `From ${p.from} to ${p.to}, ${p.change}.`,
  'summary.extremes': (p: { highest: string; highestOn: string; lowest: string; lowestOn: string }) =>
    `Highest ${p.highest} on ${p.highestOn}, lowest ${p.lowest} on ${p.lowestOn}.`,
  'summary.sources': (p: { names: readonly string[] }) => `Prices of ${listed(p.names)}.`,
  'summary.no-alerts': () => 'No alerts.',
  'summary.alerts': (p: { count: number; last: readonly string[] }) =>
    `${p.count} ${p.count === 1 ? 'alert' : 'alerts'}, the last: ${p.last.join('; ')}.`,
  'summary.tones': () => 'P on the chart plays the closes as tones, Escape stops them.',
  'summary.alert': (p: { date: string; message: Nested }) => `${p.date}, ${p.message}`,
};

/** The tools and menus of the chart. */
export const chartToolTexts = {
  'chart-tools.title': () => 'Chart tools',
  'chart-tools.auto-price': () => 'Auto price',
  'chart-tools.remove': () => 'Remove',
  'chart-tools.range': (p: { range: '1D' | '1W' | '1M' | '1Y' | 'All' }) => p.range,

  'compare.title': () => 'Compare',
  'compare.beside': (p: { coin: string }) => `With ${p.coin}, as change in per cent since the left edge`,
  'compare.none': () => 'There is no other coin to compare with.',
  'compare.ratio': () => 'As a ratio to the selected one',

  'draw.title': () => 'Draw',
  'draw.with': (p: { kind: keyof typeof DRAWINGS }) => `Draw: ${DRAWINGS[p.kind]}`,
  'draw.kind': (p: { kind: keyof typeof DRAWINGS }) => DRAWINGS[p.kind],
  'draw.undo': () => 'Undo',
  'draw.redo': () => 'Redo',
  'draw.clear': () => 'Remove all',
  'draw.how': () => 'Drag on the chart to draw; click for a level or a text. Delete removes, Ctrl+Z undoes.',
  'draw.chosen': () => 'Selected drawing',
  'draw.text': () => 'Text on the chart',
  'draw.alert': () => 'Alert at this price',

  'grid.title': () => 'Charts',
  'grid.size': (p: { size: 1 | 2 | 4 }) => ({ 1: 'One', 2: 'Two', 4: 'Four' })[p.size],
  'grid.in-common': () => 'Link charts',
  'grid.link': (p: { link: 'coin' | 'interval' | 'time' }) => `Same ${p.link}`,

  'interval.title': () => 'Other interval',
  'interval.of': () => 'Candles of',
  'interval.show': () => 'Show',
  'interval.how': () => 'A number with m, h, d or w: minutes, hours, days or weeks up to a year.',

  'share.title': () => 'Share',
  'share.save': () => 'Save',
  'share.saved': () => 'Saved.',
  'share.copy': () => 'Copy',
  'share.picture': () => 'Picture',
  'share.picture-copied': () => 'The picture is on the clipboard.',
  'share.numbers': () => 'Numbers',
  'share.numbers-copied': () => 'The numbers are on the clipboard.',
  'share.link': () => 'Link',
  'share.link-copied': () => 'The link is on the clipboard.',
  'share.failed': (p: { reason: Nested }) => `Sharing failed: ${p.reason}`,
  'share.nothing': () => 'There is nothing on the chart yet.',
  'share.no-chart': () => 'The chart is not on the page.',
  'share.no-picture': () => 'The browser could not create a picture of the chart.',
  'share.heading': (p: { pair: string; interval: string }) => `${p.pair}, ${p.interval}`,
  'share.footing': (p: { sources: readonly string[]; date: string }) =>
    `${p.sources.length === 0 ? '' : `Prices of ${listed(p.sources)}. `}${p.date}, Crypto Price Monitor`,

  'studies.title': () => 'Indicators',
  'studies.add': () => 'Add',
  'studies.own': (p: { coin: string }) => `Only for ${p.coin}`,
  'studies.no-volume': () => 'Requires traded volume, which is unknown for this chart.',

  'view.title': () => 'View',
  'view.price-axis': () => 'Price axis',
  'view.linear': () => 'Linear',
  'view.log': () => 'Logarithmic',
  'view.percent': () => 'Per cent',
  'view.inverted': () => 'Inverted',
  'view.volume': () => 'Volume',
  'view.profile': () => 'Profile: the volume traded at each price',
  'view.clock': () => 'Time zone',
  'view.local': () => 'Local time',
  'view.colour-blind': () => 'Blue and orange instead of green and red',
  'view.sound': () => 'Sound',
  'view.tones': (p: { isPlaying: boolean }) => (p.isPlaying ? 'Stop the tones' : 'Play as tones'),
  'view.tones-how': () =>
    'Plays the visible closes: the higher the price, the higher the tone. P on the chart plays, Escape stops.',
};

/** Indicators and their parameters. */
export const studyTexts = {
  'study.with-params': (p: { name: Nested; values: readonly number[] }) => `${p.name} ${p.values.join(', ')}`,
  'study.sma': () => 'SMA',
  'study.ema': () => 'EMA',
  'study.vwap': () => 'VWAP',
  'study.bollinger': () => 'Bollinger',
  'study.keltner': () => 'Keltner',
  'study.rule': () => 'Rule band',
  'study.rsi': () => 'RSI',
  'study.macd': () => 'MACD',
  'study.atr': () => 'ATR',
  'study.obv': () => 'OBV',
  'study.volatility': () => 'Realized volatility',
  'study-param.between': (p: { min: number; max: number }) => `A number from ${p.min} to ${p.max}.`,
  'study-param.period': () => 'Period',
  'study-param.atr-period': () => 'ATR period',
  'study-param.deviations': () => 'Deviations',
  'study-param.ranges': () => 'Ranges',
  'study-param.fast': () => 'Fast',
  'study-param.slow': () => 'Slow',
  'study-param.signal': () => 'Signal',
  'study-param.minutes': () => 'Minutes',
  'study-param.percent': () => 'Per cent',
};
