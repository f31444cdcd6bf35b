import type { Cell } from '../input/row.ts';

/** The notation of a time: ISO 8601, or a number of seconds, milliseconds, microseconds or nanoseconds since the epoch. */
export type TimeUnit = 'iso' | 's' | 'ms' | 'us' | 'ns';

/** A time in microseconds since the epoch. */
export type CellTime = { readonly us: number; readonly unit: TimeUnit };

/** The range, in seconds, in which the size of a number determines its unit: from 2008, before the first price, to 2103. */
const [MIN_SECONDS, MAX_SECONDS] = [1_200_000_000, 4_200_000_000];

/** The factor that converts each unit to microseconds. */
const SCALES: readonly (readonly [TimeUnit, number])[] = [
  ['s', 1e6],
  ['ms', 1e3],
  ['us', 1],
  ['ns', 1e-3],
];

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;
/** From 2008 to 2099. */
const MILLISECONDS = /^(1[2-9]|[23]\d)\d{11}$/;
const EPOCH = /^(\d{10,19})(?:\.(\d+))?$/;

/** The time in a cell, truncated to microseconds; null when it is not a time. A time without a zone is in UTC. */
export function timeOfCell(cell: Cell): CellTime | null {
  if (typeof cell === 'string') {
    const text = cell.trim();
    // The notation of most exchanges.
    if (text.length === 13 && MILLISECONDS.test(text)) return { us: Number(text) * 1_000, unit: 'ms' };
    return EPOCH.test(text) ? timeOfDigits(text) : timeOfIso(text);
  }
  if (typeof cell === 'bigint') return timeOfDigits(String(cell));
  if (typeof cell !== 'number') return null;
  const scale = scaleOf(cell);
  return (
    scale && { us: scale[0] === 'ns' ? Math.floor(cell / 1e3) : Math.round(cell * scale[1]), unit: scale[0] }
  );
}

function scaleOf(number: number): (typeof SCALES)[number] | null {
  return (
    SCALES.find(([, toUs]) => number * toUs >= MIN_SECONDS * 1e6 && number * toUs < MAX_SECONDS * 1e6) ?? null
  );
}

/** Processes digits as text, because nanoseconds have more digits than a number can represent. */
function timeOfDigits(text: string): CellTime | null {
  const scale = scaleOf(Number(text));
  if (scale === null) return null;
  const [whole = '', fraction = ''] = text.split('.');
  const decimals = { iso: 0, s: 6, ms: 3, us: 0, ns: -3 }[scale[0]];
  const digits =
    decimals >= 0 ? whole + fraction.slice(0, decimals).padEnd(decimals, '0') : whole.slice(0, decimals);
  return { us: Number(digits), unit: scale[0] };
}

function timeOfIso(text: string): CellTime | null {
  const parts = ISO.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = parts;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Date.UTC(y, mo - 1, d, h, mi, s);
  const isReal =
    h < 24 && mi < 60 && s < 60 && new Date(ms).getUTCDate() === d && new Date(ms).getUTCMonth() === mo - 1;
  if (!isReal) return null;
  const us = (ms - offsetMs(zone)) * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
  const isPlausible = us >= MIN_SECONDS * 1e6 && us < MAX_SECONDS * 1e6;
  return isPlausible ? { us, unit: 'iso' } : null;
}

function offsetMs(zone: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
