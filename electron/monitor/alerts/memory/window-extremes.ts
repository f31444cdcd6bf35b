import { z } from 'zod';
import { EXPIRES_AT, FILLED_AT, HIGH, LOW, STEP_END, STEP_HIGH, STEP_LOW } from './layout.ts';
import { sampleStepMs } from './sample-step.ts';
import { numbersSchema } from './saved-prices.ts';

/** The candidates for an extreme, oldest first, as plain JSON. */
const savedQueueSchema = z.strictObject({ times: numbersSchema, prices: numbersSchema });

/** The extremes of one window as plain JSON. */
export const savedExtremesSchema = z.strictObject({
  lengthMs: z.number().positive(),
  /** When the first price arrived; null before it. */
  firstAt: z.number().nullable(),
  highs: savedQueueSchema,
  lows: savedQueueSchema,
});
export type SavedExtremes = Readonly<z.infer<typeof savedExtremesSchema>>;

/**
 * The highest and the lowest price of a trailing window, in O(1) per price on the average: two monotonic queues of those prices
 * that can still become an extreme (D. Lemire, "Streaming maximum-minimum filter using no more than three comparisons per
 * element", 2006). Prices count by the step of the window that they fall into, so that a queue has no more entries than a window
 * has steps; a step leaves the window when its start does.
 *
 * The values that nearly every price is compared with are in cells that the caller passes, `EXTREMES_CELLS` of them, which are
 * NaN at first. The queues are accessed only when `isDue` or `isNews` says that these cells will change.
 */
export class Extremes {
  readonly lengthMs: number;
  readonly #stepMs: number;
  readonly #highs = new Queue();
  readonly #lows = new Queue();

  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
    this.#stepMs = sampleStepMs(lengthMs);
  }

  /** Advances the window to an instant at which its oldest entry leaves it. */
  expire(cells: Float64Array, cell: number, at: number): void {
    this.#highs.dropBefore(at - this.lengthMs);
    this.#lows.dropBefore(at - this.lengthMs);
    this.#note(cells, cell);
  }

  add(cells: Float64Array, cell: number, at: number, price: number): void {
    if (Number.isNaN(cells[cell + FILLED_AT])) cells[cell + FILLED_AT] = at + this.lengthMs;
    const step = Math.floor(at / this.#stepMs) * this.#stepMs;
    this.#highs.add(step, price, 1);
    this.#lows.add(step, price, -1);
    cells[cell + STEP_END] = step + this.#stepMs;
    this.#note(cells, cell);
  }

  save(cells: Float64Array, cell: number): SavedExtremes {
    const filledAt = cells[cell + FILLED_AT] ?? Number.NaN;
    const firstAt = Number.isNaN(filledAt) ? null : filledAt - this.lengthMs;
    return { lengthMs: this.lengthMs, firstAt, highs: this.#highs.save(), lows: this.#lows.save() };
  }

  restore(cells: Float64Array, cell: number, saved: SavedExtremes): void {
    this.#highs.restore(saved.highs);
    this.#lows.restore(saved.lows);
    cells[cell + FILLED_AT] = (saved.firstAt ?? Number.NaN) + this.lengthMs;
    this.#note(cells, cell);
  }

  #note(cells: Float64Array, cell: number): void {
    cells[cell + HIGH] = this.#highs.first;
    cells[cell + LOW] = this.#lows.first;
    cells[cell + EXPIRES_AT] = Math.min(this.#highs.firstTime, this.#lows.firstTime) + this.lengthMs;
    cells[cell + STEP_HIGH] = this.#highs.last;
    cells[cell + STEP_LOW] = this.#lows.last;
  }
}

/** Whether an entry leaves the window at this instant. */
export const isDue = (cells: Float64Array, cell: number, at: number): boolean =>
  at > (cells[cell + EXPIRES_AT] ?? 0);

/** Whether a price is an extreme of its step. Other prices have no effect: they leave the window together with those. */
export const isNews = (cells: Float64Array, cell: number, at: number, price: number): boolean =>
  !(
    at < (cells[cell + STEP_END] ?? 0) &&
    price <= (cells[cell + STEP_HIGH] ?? 0) &&
    price >= (cells[cell + STEP_LOW] ?? 0)
  );

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
