import type { Tick } from '../../../../shared/domain/tick.ts';
import { HIGH, IS_FILLED, LOW, noFacts } from './extremes.ts';
import {
  CALM_AT,
  COMPENSATION,
  COUNT,
  END,
  FIRED,
  type Layout,
  MEAN,
  NEXT_AT,
  OLDEST,
  RULE_CELLS,
  SAMPLED_AT,
  SIDE,
  SINCE,
  SUM,
  type WindowLayout,
} from './layout.ts';
import { BLOCK_NUMBERS, NO_BLOCK, PricePool } from './price-pool.ts';
import { fillWindows, type SavedPrices, type SavedSeries, type SavedWindow } from './saved-prices.ts';

const FIELDS = 2;
/** Stands for "nowhere": a series holds no block. */
const NOWHERE = -1;
const FIRST_CELLS = 1_024;

/** Fewer prices make no average worth an alert. */
const MIN_PRICES = 3;

type Sample = Pick<Tick, 'observedAt' | 'price'>;

/** How it stands with a rule on a track. */
export type Standing = {
  /** When the condition was last clearly over; minus infinity for never. */
  readonly calmAt: number;
  /** Since when it has held, where `side` is not 0. */
  readonly since: number;
  /** 1 up, -1 down, 0 while it does not hold. */
  readonly side: number;
  /** Whether it has held for as long as the rule wants. */
  readonly hasFired: boolean;
  /** Whether it did so before the rule was made: then it is not raised before the next crossing. */
  readonly isOld: boolean;
};

/** Whether a condition has held for long enough to be raised, as `fire` tells it. */
const NOT_FIRED = 0;
export const FIRED_BEFORE = 1;
/** It did before the rule was made. */
export const FIRED_UNMADE = 2;

/**
 * The prices of the past that rules look at: for each track (a coin, quote currency and source) its samples, and the means of
 * windows over them, in O(1) per tick. Windows of a track share its samples, each with a cursor of its own.
 *
 * Sums are kept by Neumaier's compensated summation (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
 * endlicher Summen", 1974), because prices are added and taken away for weeks: a plain running sum would drift away from the
 * truth. A sum starts from zero whenever its window is empty.
 *
 * All numbers of all tracks lie in one array. With a thousand coins it is memory that takes the time: a number in a field of
 * its own would be an object somewhere else, and each of them a line of the processor's cache.
 */
export class TrackMemory {
  readonly #pool = new PricePool();
  #cells = new Float64Array(FIRST_CELLS);
  /** The same memory as whole numbers, two to a cell. */
  #whole = new Int32Array(this.#cells.buffer);
  #used = 0;
  /** The cells of the window that is selected. */
  #window = 0;
  /** The facts of the window of extremes that is selected. */
  #extremes = noFacts();

  /** Begins a track without prices. Returns its place: where its cells begin. */
  open(layout: Layout): number {
    const place = this.#used;
    this.#used += layout.cells;
    if (this.#used > this.#cells.length) this.#grow();
    const cells = this.#cells;
    cells[place] = Number.NEGATIVE_INFINITY;
    for (let rule = 0; rule < layout.rules; rule++)
      cells[place + 1 + RULE_CELLS * rule + CALM_AT] = Number.NEGATIVE_INFINITY;
    for (const { cell } of layout.series) {
      cells[place + cell + NEXT_AT] = Number.NEGATIVE_INFINITY;
      this.#whole[2 * (place + cell) + END] = NOWHERE;
    }
    for (const { cell } of layout.windows) cells[place + cell + MEAN] = Number.NaN;
    return place;
  }

  /** The time of a track's newest tick; minus infinity before the first. */
  newestAt(place: number): number {
    return this.#cells[place] ?? 0;
  }

  /** How it stands with a rule, by its number. */
  standing(place: number, rule: number): Standing {
    const cell = place + 1 + RULE_CELLS * rule;
    return {
      calmAt: this.#cells[cell + CALM_AT] ?? 0,
      since: this.#cells[cell + SINCE] ?? 0,
      side: this.#whole[2 * cell + SIDE] ?? 0,
      hasFired: this.#whole[2 * cell + FIRED] !== NOT_FIRED,
      isOld: this.#whole[2 * cell + FIRED] === FIRED_UNMADE,
    };
  }

  setStanding(place: number, rule: number, { calmAt, since, side, hasFired, isOld }: Standing): void {
    const cell = place + 1 + RULE_CELLS * rule;
    this.#cells[cell + CALM_AT] = calmAt;
    this.#cells[cell + SINCE] = since;
    this.#whole[2 * cell + SIDE] = side;
    this.#whole[2 * cell + FIRED] = isOld ? FIRED_UNMADE : hasFired ? FIRED_BEFORE : NOT_FIRED;
  }

  /** The condition of a rule is clearly over at the newest tick. */
  calm(place: number, rule: number): void {
    const cell = place + 1 + RULE_CELLS * rule;
    this.#cells[cell + CALM_AT] = this.#cells[place] ?? 0;
    this.#whole[2 * cell + SIDE] = 0;
  }

  /** The condition of a rule does not hold at the newest tick. Where it has held for too short a time to be raised, it begins anew. */
  near(place: number, rule: number): void {
    const whole = 2 * (place + 1 + RULE_CELLS * rule);
    if (this.#whole[whole + FIRED] === NOT_FIRED) this.#whole[whole + SIDE] = 0;
  }

  /** The condition of a rule holds at the newest tick, on this side. Returns since when it has. */
  hold(place: number, rule: number, side: number): number {
    const cell = place + 1 + RULE_CELLS * rule;
    if (this.#whole[2 * cell + SIDE] !== side) {
      this.#whole[2 * cell + SIDE] = side;
      this.#whole[2 * cell + FIRED] = NOT_FIRED;
      this.#cells[cell + SINCE] = this.#cells[place] ?? 0;
    }
    return this.#cells[cell + SINCE] ?? 0;
  }

  /** The condition has held for long enough. Returns what was known of that before: 0, `FIRED_BEFORE` or `FIRED_UNMADE`. */
  fire(place: number, rule: number): number {
    const fired = 2 * (place + 1 + RULE_CELLS * rule) + FIRED;
    const before = this.#whole[fired] ?? NOT_FIRED;
    if (before === NOT_FIRED) this.#whole[fired] = FIRED_BEFORE;
    return before;
  }

  /** A rule is made now: where its condition has held for long enough already, that was before. */
  make(place: number, rule: number): void {
    const whole = 2 * (place + 1 + RULE_CELLS * rule);
    if (this.#whole[whole + SIDE] !== 0 && this.#whole[whole + FIRED] === FIRED_BEFORE)
      this.#whole[whole + FIRED] = FIRED_UNMADE;
  }

  /**
   * Moves a track's windows on to the time of a tick, and takes its price into the samples where it is the first of its step. The
   * means are those of the prices before it. Returns false, and changes nothing, for a tick that is not newer than the track's
   * last.
   */
  take(layout: Layout, place: number, tick: Tick): boolean {
    const cells = this.#cells;
    const at = tick.observedAt;
    if (at <= (cells[place] ?? 0)) return false;
    cells[place] = at;
    const { price } = tick;
    const whole = this.#whole;
    const { series: all, windows } = layout;
    for (let index = 0; index < all.length; index++) {
      const own = all[index];
      if (own === undefined) continue;
      const series = place + own.cell;
      const dueAt = cells[series + NEXT_AT] ?? 0;
      const isSample = at >= dueAt;
      const sampledAt = cells[series + SAMPLED_AT] ?? 0;
      const { numbers } = this.#pool;
      for (let number = own.first; number < own.end; number++) {
        const window = windows[number];
        if (window === undefined) continue;
        const cell = place + window.cell;
        // In variables from here to the end of the window: each of them is read and written once.
        let count = whole[2 * cell + COUNT] ?? 0;
        let sum = cells[cell + SUM] ?? 0;
        let compensation = cells[cell + COMPENSATION] ?? 0;
        let mean = Number.NaN;
        if (count > 0) {
          let oldest = whole[2 * cell + OLDEST] ?? 0;
          const since = at - window.lengthMs;
          if ((numbers[oldest] ?? 0) < since) {
            do {
              const value = -(numbers[oldest + 1] ?? 0);
              const total = sum + value;
              compensation += Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
              sum = total;
              count--;
              oldest += FIELDS;
              if (oldest % BLOCK_NUMBERS === 0) oldest = this.#leaveBlock(place, window, oldest);
            } while (count > 0 && (numbers[oldest] ?? 0) < since);
            whole[2 * cell + OLDEST] = oldest;
          }
          if (count === 0) {
            sum = 0;
            compensation = 0;
          } else if (count >= MIN_PRICES && sampledAt - (numbers[oldest] ?? 0) >= window.minSpanMs) {
            mean = (sum + compensation) / count;
          }
        }
        cells[cell + MEAN] = mean;
        if (isSample) {
          const total = sum + price;
          compensation += Math.abs(sum) >= Math.abs(price) ? sum - total + price : price - total + sum;
          sum = total;
          count++;
        }
        cells[cell + SUM] = sum;
        cells[cell + COMPENSATION] = compensation;
        whole[2 * cell + COUNT] = count;
      }
      if (!isSample) continue;
      const { stepMs } = own;
      // Prices mostly come in one step after the other, and a division takes long.
      cells[series + NEXT_AT] = at < dueAt + stepMs ? dueAt + stepMs : (Math.floor(at / stepMs) + 1) * stepMs;
      cells[series + SAMPLED_AT] = at;
      const end = this.#append(series, tick);
      for (let number = own.first; number < own.end; number++) {
        const cell = 2 * (place + (windows[number]?.cell ?? 0));
        if (whole[cell + COUNT] === 1) whole[cell + OLDEST] = end;
      }
    }
    return true;
  }

  /** Lets `mean` tell of the window whose cells begin here. */
  select(cell: number): void {
    this.#window = cell;
  }

  /** Mean of the selected window's prices before the newest tick; NaN while they are too few, or too close together. */
  get mean(): number {
    return this.#cells[this.#window + MEAN] ?? 0;
  }

  /** Lets `high`, `low` and `isFilled` tell of the window with these facts. */
  selectExtremes(facts: Float64Array): void {
    this.#extremes = facts;
  }

  get high(): number {
    return this.#extremes[HIGH] ?? 0;
  }

  get low(): number {
    return this.#extremes[LOW] ?? 0;
  }

  get isFilled(): boolean {
    return this.#extremes[IS_FILLED] === 1;
  }

  /** What `restore` makes the same track of. */
  save(layout: Layout, place: number): SavedPrices {
    const series = layout.series.map(({ stepMs, first, end }): SavedSeries => {
      const own = layout.windows.slice(first, end);
      const windows = own.map(({ lengthMs, cell }): SavedWindow => {
        const mean = this.#cells[place + cell + MEAN] ?? 0;
        return {
          lengthMs,
          count: this.#whole[2 * (place + cell) + COUNT] ?? 0,
          sum: this.#cells[place + cell + SUM] ?? 0,
          compensation: this.#cells[place + cell + COMPENSATION] ?? 0,
          mean: Number.isNaN(mean) ? null : mean,
        };
      });
      return { stepMs, ...this.#samples(place + (own.at(-1)?.cell ?? 0)), windows };
    });
    return { newestAt: this.newestAt(place), series };
  }

  /**
   * Gives a track without prices the saved ones. Windows that were not saved are filled from the samples.
   *
   * @param earlier of the same track, as another way leads to the same time: its samples go before the saved ones
   */
  restore(layout: Layout, place: number, saved: SavedPrices, earlier: SavedPrices | null): void {
    for (const { stepMs, cell: ownCell, first, end } of layout.series) {
      const windows = layout.windows.slice(first, end);
      const { times, prices, means } = fillWindows(saved, earlier, stepMs, windows, MIN_PRICES);
      const places = times.map((time, sample) =>
        this.#append(place + ownCell, { observedAt: time, price: prices[sample] ?? 0 }),
      );
      const last = times.at(-1);
      if (last === undefined) continue;
      this.#cells[place + ownCell + SAMPLED_AT] = last;
      this.#cells[place + ownCell + NEXT_AT] = (Math.floor(last / stepMs) + 1) * stepMs;
      for (const [index, { count, sum, compensation, mean }] of means.entries()) {
        const cell = place + (windows[index]?.cell ?? 0);
        this.#cells[cell + SUM] = sum;
        this.#cells[cell + COMPENSATION] = compensation;
        this.#cells[cell + MEAN] = mean ?? Number.NaN;
        this.#whole[2 * cell + COUNT] = count;
        this.#whole[2 * cell + OLDEST] = places[times.length - count] ?? NOWHERE;
      }
    }
    this.#cells[place] = saved.newestAt;
  }

  /** Puts a sample behind the others of its series. Returns its place. */
  #append(series: number, { observedAt, price }: Sample): number {
    const end = this.#room(series);
    const { numbers } = this.#pool;
    numbers[end] = observedAt;
    numbers[end + 1] = price;
    this.#whole[2 * series + END] = end + FIELDS;
    return end;
  }

  /** The place for the next sample of a series. */
  #room(series: number): number {
    const end = this.#whole[2 * series + END] ?? 0;
    if (end !== NOWHERE && end % BLOCK_NUMBERS !== 0) return end;
    const block = this.#pool.take();
    if (end !== NOWHERE) this.#pool.link(end / BLOCK_NUMBERS - 1, block);
    return block * BLOCK_NUMBERS;
  }

  /** Where a window goes on that has passed the last sample of a block. The longest window gives the block back. */
  #leaveBlock(place: number, window: WindowLayout, passed: number): number {
    const block = passed / BLOCK_NUMBERS - 1;
    const next = this.#pool.after(block);
    if (window.isLongest) {
      this.#pool.giveBack(block);
      if (next === NO_BLOCK) this.#whole[2 * (place + window.series) + END] = NOWHERE;
    }
    return next === NO_BLOCK ? NOWHERE : next * BLOCK_NUMBERS;
  }

  /** The samples of a window, oldest first. */
  #samples(window: number): { readonly times: number[]; readonly prices: number[] } {
    const { numbers } = this.#pool;
    const times: number[] = [];
    const prices: number[] = [];
    let sample = this.#whole[2 * window + OLDEST] ?? 0;
    for (let left = this.#whole[2 * window + COUNT] ?? 0; left > 0; left--) {
      times.push(numbers[sample] ?? 0);
      prices.push(numbers[sample + 1] ?? 0);
      sample += FIELDS;
      if (left > 1 && sample % BLOCK_NUMBERS === 0)
        sample = this.#pool.after(sample / BLOCK_NUMBERS - 1) * BLOCK_NUMBERS;
    }
    return { times, prices };
  }

  #grow(): void {
    const cells = new Float64Array(2 * this.#used);
    cells.set(this.#cells);
    this.#cells = cells;
    this.#whole = new Int32Array(cells.buffer);
  }
}
