import { asSentence } from '../../format/as-sentence.ts';
import type { Nested } from './nested.ts';

const UNITS = { iso: 'ISO 8601', s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' };
type Unit = keyof typeof UNITS;

const FORMATS = { csv: 'CSV', jsonl: 'JSON', json: 'JSON', parquet: 'Parquet', gzip: 'gzip', zstd: 'zstd' };

const LAYOUTS = {
  export: 'a file of this program',
  table: 'a table',
  'binance-trades': 'trades of Binance',
  'binance-agg-trades': 'aggregated trades of Binance',
  'binance-klines': 'klines of Binance',
  'kraken-ohlcvt': 'OHLCVT of Kraken',
  cryptodatadownload: 'a file of CryptoDataDownload',
  freqtrade: 'a file of freqtrade',
};

const PHASES = { reading: 'Reading', writing: 'Writing' };

const count = (number: number): string => number.toLocaleString('en-US');

/** Imports of ticks and candles. */
export const importTexts = {
  // Why an input is rejected as a whole.
  'import.empty': () => 'The input is empty.',
  'import.no-rows': () => 'The input has no rows, only a header.',
  'import.binary': () =>
    'The input is neither text nor Parquet. Import CSV, JSON or Parquet, which may be compressed with gzip or zstd.',
  'import.zip': () => 'The input is a ZIP archive. Import what is in it: unzip -p FILE.zip | … import … -',
  'import.feather': () =>
    'The input is a Feather (Arrow) file. Save it as Parquet, in Python with ' +
    "pandas.read_feather('FILE').to_parquet('FILE.parquet'), or have freqtrade convert it to JSON: " +
    'freqtrade convert-data --format-from feather --format-to json',
  'import.utf16': () => 'The input is UTF-16. Save it as UTF-8, or convert it: iconv -f utf-16 -t utf-8',
  'import.damaged': (p: { format: keyof typeof FORMATS; reason: Nested }) =>
    `The input is damaged or cut off, as ${FORMATS[p.format]}: ${asSentence(p.reason)}`,
  'import.ends-after-row': (p: { row: number }) => `it ends, or is no array, after row ${p.row}`,
  'import.expands': (p: { times: number }) =>
    `The input expands to more than ${p.times} times its size, which prices do not. Decompress it first if it is what you want.`,
  'import.other-format': (p: { given: keyof typeof FORMATS; found: keyof typeof FORMATS }) =>
    `The input is ${FORMATS[p.found]}, not ${FORMATS[p.given]}. Omit --format.`,
  'import.no-column': (p: { what: string; names: readonly string[]; found: readonly string[] }) =>
    `There is no column for the ${p.what} (${p.names.join(', ')}). The header has: ${p.found.join(', ')}.`,
  'import.which-volume': (p: { names: readonly string[] }) =>
    `It is not clear which column has the volume in units of the coin: ${p.names.join(', ')}. Name that one "volume".`,
  'import.unknown-columns': (p: { kind: 'ticks' | 'candles'; count: number }) =>
    `The input has no header, and ${p.count === 1 ? '1 column' : `${p.count} columns`} that are not known. Add a header: ` +
    `${p.kind === 'ticks' ? 'observed_at,price,volume' : 'bucket,open,high,low,close,volume'}. Is it a file of ${p.kind}?`,
  'import.mixed-times': (p: { line: number; unit: Unit; firstLine: number; firstUnit: Unit }) =>
    `Line ${p.line} has a time in ${UNITS[p.unit]}, line ${p.firstLine} in ${UNITS[p.firstUnit]}. ` +
    'Nothing was imported: divide the input, and import each part.',
  'import.no-interval': () =>
    'The interval cannot be determined from a single candle. State it with --interval.',
  'import.other-interval': (p: { interval: string; stored: readonly string[] }) =>
    `Candles of ${p.interval} are not stored. Import those of ${p.stored.join(', ')}, from which others are computed.`,
  'import.unclear-interval': (p: { interval: string }) =>
    `Most candles are ${p.interval} apart, but many do not begin at a multiple of that. State their length with --interval.`,
  'import.no-coin': (p: { given: string; fault: Nested }) => `The coin "${p.given}" ${p.fault}.`,
  'import.own-source': (p: { source: string; instead: string }) =>
    `"${p.source}" is the name under which the program stores what it measures itself. Choose another one, such as ${p.instead}.`,
  'import.bad-source': () =>
    'The name of a source has 1 to 100 characters, none of them a control character.',
  'import.other-program': () => 'Another import into this database is running. Wait until it is done.',
  'import.no-room': (p: { reason: Nested }) =>
    `The input cannot be sorted in the folder for temporary files: ${asSentence(p.reason)} ` +
    'Free some space, or name another folder with TMPDIR.',

  // Why a line is not imported.
  'import.line-too-long': (p: { most: number }) => `it has more than ${count(p.most)} characters`,
  'import.quotes': () => 'its quotes do not match',
  'import.other-width': (p: { found: number; expected: number }) =>
    `it has ${p.found} columns instead of ${p.expected}`,
  'import.no-json': (p: { said: string }) => `invalid JSON: ${p.said}`,
  'import.no-object': () => 'it is not a JSON object',
  'import.no-array': () => 'it is not an array of numbers',
  'import.no-time': (p: { text: string }) =>
    `"${p.text}" is not a time from 2009 on, neither ISO 8601 nor a number of seconds, milliseconds, microseconds or nanoseconds`,
  'import.future': (p: { text: string }) => `${p.text} is in the future`,
  'import.no-price': (p: { text: string }) => `"${p.text}" is not a price above 0`,
  'import.no-candle-price': (p: { column: string; text: string }) =>
    `${p.column} "${p.text}" is not a price above 0`,
  'import.no-amount': (p: { text: string }) => `"${p.text}" is not an amount`,
  'import.no-source': () => 'it names no source',
  'import.archived-month': (p: { month: string }) =>
    `ticks of ${p.month} are in the archive; restore them first: archive restore`,
  'import.deleted-month': (p: { month: string }) => `the database does not keep ticks of ${p.month}`,
  'import.crowded': () => 'all microseconds of its time are taken',
  'import.high-below-low': (p: { high: number; low: number }) => `high ${p.high} is below low ${p.low}`,
  'import.outside': (p: { column: string; price: number; high: number; low: number }) =>
    `${p.column} ${p.price} is not between low ${p.low} and high ${p.high}`,
  'import.misaligned': (p: { interval: string }) => `it does not begin at a multiple of ${p.interval}`,
  'import.not-over': () => 'its time is not over yet',
  'import.two-candles': (p: { line: number }) => `line ${p.line} has another candle of the same time`,

  // Results of the command. Times are passed as text.
  'import.progress': (p: {
    phase: keyof typeof PHASES;
    rows: number;
    percent: number | null;
    refused: number;
    rowsPerSecond: number;
  }) =>
    `${PHASES[p.phase]}: ${count(p.rows)} rows${p.percent === null ? '' : ` (${p.percent}%)`}, ` +
    `${count(p.rowsPerSecond)}/s, ${count(p.refused)} refused`,
  'import.refusal': (p: { line: number; reason: Nested }) => `line ${p.line}: ${p.reason}`,
  'import.more-refused': (p: { count: number }) =>
    `… and ${count(p.count)} more. To have all of them in a file, add --refused FILE.`,
  'import.done': (p: {
    kind: 'ticks' | 'candles';
    layout: keyof typeof LAYOUTS;
    coinId: string;
    vsCurrency: string;
    sources: readonly string[];
    interval: string | null;
    from: string | null;
    to: string | null;
  }) =>
    `${p.coinId} in ${p.vsCurrency}, ${p.kind}${p.interval === null ? '' : ` of ${p.interval}`} of ${p.sources.join(', ')}` +
    `${p.from === null || p.to === null ? '' : ` from ${p.from} to ${p.to}`}, read as ${LAYOUTS[p.layout]}`,
  'import.counts': (p: { accepted: number; replaced: number; repeated: number; refused: number }) =>
    `${count(p.accepted)} accepted${p.replaced === 0 ? '' : ` (${count(p.replaced)} in place of others)`}, ` +
    `${count(p.repeated)} repeated, ${count(p.refused)} refused`,
  'import.none': (p: { refused: number }) =>
    `Nothing was imported: ${p.refused === 1 ? 'the only row was' : `all ${count(p.refused)} rows were`} refused.`,
  'import.stopped': (p: { accepted: number }) =>
    `Stopped: ${count(p.accepted)} rows were accepted until then. Run the same command again to continue.`,
};
