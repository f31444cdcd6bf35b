import { layoutFor } from '../electron/monitor/alerts/memory/layout.ts';
import { sampleStepMs } from '../electron/monitor/alerts/memory/sample-step.ts';
import { TrackMemory } from '../electron/monitor/alerts/memory/track-memory.ts';
import type { Tick } from '../shared/domain/tick.ts';
import type { MemoryReport, MemorySubject } from './price-memory.ts';

/** Keeps the prices of one window for each of a thousand coins, in a process of its own for the reason in `alert-engine.ts`. */
const COINS = 1_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const MICROSECONDS = 1_000_000;
const FILLING = 800;
const MIN_PRICES = 3;

/** Adds a price of a coin. Returns the mean of the prices before it in the window. */
type Memory = (coin: number, at: number, price: number) => number;

/** The engine's memory, in a pool of blocks. */
function engineMemory(lengthMs: number): Memory {
  const memory = new TrackMemory();
  const layout = layoutFor(1, [lengthMs]);
  const cell = layout.series[0]?.windows[0]?.cell ?? 0;
  const places = Int32Array.from({ length: COINS }, () => memory.open(layout));
  const tick: { -readonly [Name in keyof Tick]: Tick[Name] } = {
    coinId: 'coin',
    vsCurrency: 'usd',
    observedAt: 0,
    price: 0,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
    source: 'coingecko',
  };
  return (coin, at, price) => {
    const place = places[coin] ?? 0;
    tick.observedAt = at;
    tick.price = price;
    memory.add(layout, place, tick);
    memory.select(place, cell, 0);
    return memory.mean;
  };
}

/** The plain way: for each coin a ring buffer of `[time, price]` in a typed array, which doubles when it is full. */
function ringMemory(lengthMs: number): Memory {
  const stepMs = sampleStepMs(lengthMs);
  const minSpanMs = Math.min(MINUTE_MS, lengthMs / 2);
  const most = 2 * (Math.ceil(lengthMs / stepMs) + 1);
  const windows = Array.from({ length: COINS }, () => ({
    ring: new Float64Array(16),
    oldest: 0,
    count: 0,
    sum: 0,
    compensation: 0,
    dueAt: Number.NEGATIVE_INFINITY,
  }));
  type Window = (typeof windows)[number];
  const add = (window: Window, value: number): void => {
    const total = window.sum + value;
    const isLarger = Math.abs(window.sum) >= Math.abs(value);
    window.compensation += isLarger ? window.sum - total + value : value - total + window.sum;
    window.sum = total;
  };
  const grow = (window: Window): void => {
    const { ring, oldest } = window;
    const grown = new Float64Array(Math.max(ring.length + 2, Math.min(2 * ring.length, most)));
    grown.set(ring.subarray(oldest));
    grown.set(ring.subarray(0, oldest), ring.length - oldest);
    window.ring = grown;
    window.oldest = 0;
  };
  return (coin, at, price) => {
    const window = windows[coin];
    if (window === undefined) return Number.NaN;
    const { ring } = window;
    while (window.count > 0 && (ring[window.oldest] ?? 0) < at - lengthMs) {
      add(window, -(ring[window.oldest + 1] ?? 0));
      window.oldest += 2;
      if (window.oldest === ring.length) window.oldest = 0;
      window.count--;
    }
    if (window.count === 0) {
      window.sum = 0;
      window.compensation = 0;
    }
    const newest = (window.oldest + 2 * window.count + ring.length - 2) % ring.length;
    const spanMs = (ring[newest] ?? 0) - (ring[window.oldest] ?? 0);
    const isKnown = window.count >= MIN_PRICES && spanMs >= minSpanMs;
    const mean = isKnown ? (window.sum + window.compensation) / window.count : Number.NaN;
    if (at < window.dueAt) return mean;
    window.dueAt = (Math.floor(at / stepMs) + 1) * stepMs;
    if (2 * window.count === ring.length) grow(window);
    const end = (window.oldest + 2 * window.count) % window.ring.length;
    window.ring[end] = at;
    window.ring[end + 1] = price;
    window.count++;
    add(window, price);
    return mean;
  };
}

function memoryInUse(): number {
  // The second collection frees memory outside of the heap whose owners the first one has collected.
  for (let times = 0; times < 2; times++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function serve({ kind, lengthMs, isUneven }: MemorySubject): void {
  const create = kind === 'engine' ? engineMemory : ringMemory;
  const everyone = Array.from({ length: COINS }, (_, coin) => coin);
  // Every tenth coin is traded each second, the others are polled once a minute.
  const turns = Array.from({ length: isUneven ? 60 : 1 }, (_, second) =>
    everyone.filter((coin) => !isUneven || coin % 10 === 0 || (coin * 7_919) % 60 === second),
  );
  create(lengthMs)(0, 1, 1); // loads its code
  const before = memoryInUse();
  const add = create(lengthMs);
  let at = Date.UTC(2026, 0, 1);
  let steps = 0;
  let checksum = 0;
  const step = (stepMs: number): number => {
    at += stepMs;
    const coins = (stepMs < MINUTE_MS ? turns[steps++ % turns.length] : null) ?? everyone;
    for (const coin of coins) {
      const mean = add(coin, at, 100 + ((steps * 31 + coin * 7_919) % 1_000) / 1_000);
      if (!Number.isNaN(mean)) checksum += mean;
    }
    return coins.length;
  };
  const fillMs = Math.ceil(lengthMs / FILLING / SECOND_MS) * SECOND_MS;
  for (let filled = 0; filled < FILLING; filled++) step(fillMs);
  const bytesPerCoin = (memoryInUse() - before) / COINS;
  const report = (rate: number): void => {
    process.send?.({ rate, bytesPerCoin, checksum } satisfies MemoryReport);
  };
  process.on('message', (count: number) => {
    const { user: userBefore, system: systemBefore } = process.cpuUsage();
    let added = 0;
    while (added < count) added += step(SECOND_MS);
    const { user, system } = process.cpuUsage();
    report((added / (user + system - userBefore - systemBefore)) * MICROSECONDS);
  });
  report(0);
}

serve(JSON.parse(process.argv[2] ?? '') as MemorySubject);
