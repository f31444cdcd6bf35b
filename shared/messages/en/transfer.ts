import type { Nested } from './nested.ts';

/** Exports, imports and backups on the page. */
export const transferTexts = {
  'export.archived': (p: { months: number; archives: readonly string[] }) =>
    `${p.months} ${p.months === 1 ? 'month is' : 'months are'} read from the archive ${p.archives.join(', ')}.`,
  'export.terminal': () =>
    'Parquet is not for a terminal. Name a file with --out, or pass it on to another program.',
  'transfer.another': () => 'Another export, import or backup is running. Wait until it is done.',
  'transfer.gone': () => 'This transfer has ended. Start it again.',
  'transfer.title': () => 'Import, export and backup',
  'transfer.close': () => 'Close import, export and backup',
  'transfer.leave-title': () => 'Stop it?',
  'transfer.leave': () => 'Stop',
  'transfer.stay': () => 'Continue',
  'transfer.discard-why': () => 'An export, import or backup is running. What was imported so far stays.',
  'transfer.export': () => 'Export',
  'transfer.export-intro': () => 'Write the stored data of a coin to a file, including archived months.',
  'transfer.import': () => 'Import',
  'transfer.import-intro': () =>
    'Add prices from other programs: CSV, JSON or Parquet, or the files of Binance, Kraken, CryptoDataDownload and freqtrade.',
  'transfer.backup': () => 'Backup',
  'transfer.backup-intro': () =>
    'Write the whole database and the settings to one file, as of now, without keys and passwords. Months that are in the archive stay there.',
  'transfer.back-up': () => 'Back up now',
  'transfer.preparing': (p: { percent: number }) => `${p.percent}% written and compared`,
  'transfer.saving': (p: { bytes: number }) => `${size(p.bytes)} saved`,
  'transfer.backed-up': (p: { file: string; bytes: number }) =>
    `${p.file} is complete: ${size(p.bytes)}. To restore it, stop the program and run crypto-price-monitor restore ${p.file} in a checkout of the program, which has the terminal commands; the installed app has none.`,
  'transfer.kind': () => 'Data',
  'transfer.kind-of': (p: { kind: keyof typeof KINDS }) => KINDS[p.kind],
  'transfer.coin': () => 'Coin',
  'transfer.interval': () => 'Interval',
  'transfer.format': () => 'Format',
  'transfer.format-of': (p: { format: keyof typeof FORMATS }) => FORMATS[p.format],
  'transfer.from': () => 'From (UTC)',
  'transfer.to': () => 'To (UTC)',
  'transfer.range-wrong': () => 'The end is before the beginning.',
  'transfer.file': () => 'File',
  'transfer.choose-file': () => 'Choose a file…',
  'transfer.source': () => 'Source',
  'transfer.source-hint': () => 'The name under which the rows are kept.',
  'transfer.cancel': () => 'Cancel',
  'transfer.written': (p: { bytes: number }) => `${size(p.bytes)} read from the database`,
  'transfer.exported': (p: { file: string; bytes: number }) => `${p.file} is complete: ${size(p.bytes)}.`,
  'transfer.none-stored': () => 'No such data is stored.',
  'transfer.read': (p: { percent: number }) => `${p.percent}% of the file read`,
  'transfer.counting': (p: { rows: number; accepted: number; repeated: number; refused: number }) =>
    `${count(p.rows)} rows: ${count(p.accepted)} new, ${count(p.repeated)} already stored, ${count(p.refused)} refused`,
  'transfer.nothing': () => 'Nothing was imported.',
  'transfer.cancelled': () => 'Cancelled. Imported rows are kept; import the file again to continue.',
  'transfer.line': (p: { line: number; reason: Nested }) => `Line ${p.line}: ${p.reason}`,
};

const count = (number: number): string => number.toLocaleString('en-US');

/** Decimal, as browsers and file managers show it. */
function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const [value, unit] =
    bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

const KINDS = { ticks: 'Ticks', candles: 'Candles', alerts: 'Alerts' } as const;
const FORMATS = { csv: 'CSV', jsonl: 'JSON lines', parquet: 'Parquet' } as const;
