import { z } from 'zod';
import { sampleStepMs } from './sample-step.ts';
import { numbersSchema } from './saved-prices.ts';

/** The candidates for an extreme, oldest first, as plain JSON. */
const savedQueueSchema = z.strictObject({ times: numbersSchema, prices: numbersSchema });

/** The extremes of one window as plain JSON. */
export const savedExtremesSchema = z.strictObject({
  lengthMs: z.number().positive(),
  /** When the first price came; null before it. */
  firstAt: z.number().nullable(),
  highs: savedQueueSchema,
  lows: savedQueueSchema,
});
export type SavedExtremes = Readonly<z.infer<typeof savedExtremesSchema>>;

/** Places in the facts of a window: its highest and its lowest price, NaN where there is none. */
export const HIGH = 0;
export const LOW = 1;
/** When the oldest entry leaves the window. */
const EXPIRES_AT = 2;
/** When prices have come for as long as the window is. */
const FILLED_AT = 3;
/** When the step that goes on ends, and its extremes. */
const STEP_END = 4;
const STEP_HIGH = 5;
const STEP_LOW = 6;
/** 1 when prices have come for as long as the window is: before that, an extreme is one of less. */
export const IS_FILLED = 7;
const FACTS = 8;

/**
 * The highest and the lowest price of a trailing window, in O(1) per price on the average: two monotonic queues of those prices
 * that can still become an extreme (D. Lemire, "Streaming maximum-minimum filter using no more than three comparisons per
 * element", 2006). Prices count by the step of the window that they fall into, so that a queue has no more entries than a window
 * has steps; a step leaves the window when its start does.
 */
export class Extremes {
  readonly lengthMs: number;
  readonly #stepMs: number;
  readonly #highs = new Queue();
  readonly #lows = new Queue();
  /** What nearly every price needs and nothing else, side by side in memory: the queues are looked into when it changes. */
  readonly facts: Float64Array = noFacts();

  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
    this.#stepMs = sampleStepMs(lengthMs);
  }

  /** Moves the window on to an instant. */
  enter(at: number): void {
    const facts = this.facts;
    if (at >= (facts[FILLED_AT] ?? 0)) facts[IS_FILLED] = 1;
    if (at > (facts[EXPIRES_AT] ?? 0)) {
      this.#highs.dropBefore(at - this.lengthMs);
      this.#lows.dropBefore(at - this.lengthMs);
      this.#noteFacts();
    }
  }

  add(at: number, price: number): void {
    const facts = this.facts;
    // Neither extreme of the step that goes on: it will leave the window with those that are.
    if (at < (facts[STEP_END] ?? 0) && price <= (facts[STEP_HIGH] ?? 0) && price >= (facts[STEP_LOW] ?? 0))
      return;
    if (Number.isNaN(facts[FILLED_AT])) facts[FILLED_AT] = at + this.lengthMs;
    const step = Math.floor(at / this.#stepMs) * this.#stepMs;
    this.#highs.add(step, price, 1);
    this.#lows.add(step, price, -1);
    facts[STEP_END] = step + this.#stepMs;
    this.#noteFacts();
  }

  save(): SavedExtremes {
    const filledAt = this.facts[FILLED_AT] ?? Number.NaN;
    const firstAt = Number.isNaN(filledAt) ? null : filledAt - this.lengthMs;
    return { lengthMs: this.lengthMs, firstAt, highs: this.#highs.save(), lows: this.#lows.save() };
  }

  restore(saved: SavedExtremes): void {
    this.#highs.restore(saved.highs);
    this.#lows.restore(saved.lows);
    this.facts[FILLED_AT] = (saved.firstAt ?? Number.NaN) + this.lengthMs;
    this.#noteFacts();
  }

  #noteFacts(): void {
    const facts = this.facts;
    facts[HIGH] = this.#highs.first;
    facts[LOW] = this.#lows.first;
    facts[EXPIRES_AT] = Math.min(this.#highs.firstTime, this.#lows.firstTime) + this.lengthMs;
    facts[STEP_HIGH] = this.#highs.last;
    facts[STEP_LOW] = this.#lows.last;
  }
}

/** The facts of a window without prices. */
export const noFacts = (): Float64Array => new Float64Array(FACTS).fill(Number.NaN);

/** Prices that grow, or fall, towards the front: the first one is the extreme. A ring that doubles when it is full. */
class Queue {
  #times = new Float64Array(8);
  #prices = new Float64Array(8);
  #head = 0;
  #size = 0;

  get first(): number {
    return this.#size === 0 ? Number.NaN : (this.#prices[this.#head] ?? 0);
  }

  get firstTime(): number {
    return this.#size === 0 ? Number.NaN : (this.#times[this.#head] ?? 0);
  }

  get last(): number {
    return this.#prices[(this.#head + this.#size - 1) & (this.#times.length - 1)] ?? 0;
  }

  dropBefore(instant: number): void {
    while (this.#size > 0 && (this.#times[this.#head] ?? 0) < instant) {
      this.#head = (this.#head + 1) & (this.#times.length - 1);
      this.#size--;
    }
  }

  /** @param side 1 for a queue of high prices, -1 for one of low prices */
  add(step: number, price: number, side: 1 | -1): void {
    const mask = this.#times.length - 1;
    while (this.#size > 0) {
      const last = (this.#head + this.#size - 1) & mask;
      const isBeaten = side * ((this.#prices[last] ?? 0) - price) <= 0;
      // One of the same step that is no less extreme will be in the window as long as this one.
      if (!isBeaten && this.#times[last] === step) return;
      if (!isBeaten) break;
      this.#size--;
    }
    if (this.#size === this.#times.length) this.#grow();
    const place = (this.#head + this.#size) & (this.#times.length - 1);
    this.#times[place] = step;
    this.#prices[place] = price;
    this.#size++;
  }

  save(): { readonly times: number[]; readonly prices: number[] } {
    const places = Array.from(
      { length: this.#size },
      (_, index) => (this.#head + index) & (this.#times.length - 1),
    );
    return {
      times: places.map((place) => this.#times[place] ?? 0),
      prices: places.map((place) => this.#prices[place] ?? 0),
    };
  }

  restore({
    times,
    prices,
  }: {
    readonly times: readonly number[];
    readonly prices: readonly number[];
  }): void {
    let capacity = 8;
    while (capacity < times.length) capacity *= 2;
    this.#times = new Float64Array(capacity);
    this.#prices = new Float64Array(capacity);
    this.#times.set(times);
    this.#prices.set(prices);
    this.#head = 0;
    this.#size = times.length;
  }

  #grow(): void {
    const { times, prices } = this.save();
    const capacity = 2 * this.#times.length;
    this.restore({ times, prices });
    if (this.#times.length === capacity) return;
    const [longerTimes, longerPrices] = [new Float64Array(capacity), new Float64Array(capacity)];
    longerTimes.set(times);
    longerPrices.set(prices);
    this.#times = longerTimes;
    this.#prices = longerPrices;
  }
}
