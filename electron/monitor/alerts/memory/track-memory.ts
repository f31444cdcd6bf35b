import type { Tick } from '../../../../shared/domain/tick.ts';
import { CALM, DOWN, HOLDS, UP, type Verdict } from '../rules/rule-kind.ts';
import {
  CALM_AT,
  COMPENSATION,
  COUNT,
  EXTREMES_CELLS,
  type ExtremesLayout,
  FILLED_AT,
  HIGH,
  type Layout,
  LOW,
  MEAN,
  NEWEST_AT,
  OLDEST,
  type SeriesLayout,
  SUM,
} from './layout.ts';
import { BLOCK_NUMBERS, PricePool } from './price-pool.ts';
import { fillWindows, type SavedPrices, type SavedSeries, type SavedWindow } from './saved-prices.ts';
import { Extremes, isDue, isNews, type SavedExtremes } from './window-extremes.ts';

const FIELDS = 2;
/** Stands for "nowhere": a series holds no block. */
const NOWHERE = -1;
const FIRST_CELLS = 1_024;

/** Fewer prices give no useful average. */
const MIN_PRICES = 3;

/** State of a rule's condition on a track. */
export type ConditionState = {
  /** When the condition was last clearly over; minus infinity for never. */
  readonly calmAt: number;
  /** Since when it has held, if `side` is not 0. */
  readonly since: number;
  /** 1 up, -1 down, 3 without a direction, 0 while it does not hold. */
  readonly side: number;
  /** Whether it has held for as long as the rule requires. */
  readonly hasFired: boolean;
  /** Whether this was before the rule was created: it is then not raised before the next crossing. */
  readonly isOld: boolean;
};

/** Whether a condition has held for long enough to be raised, as returned by `fire`. */
const NOT_FIRED = 0;
export const FIRED_BEFORE = 1;
/** It had held for long enough before the rule was created. */
export const FIRED_UNMADE = 2;

/** The side and the above are one integer per rule: 0 while its condition does not hold, else two bits of each. */
const NO_SIDE = 0;
const SIDES: readonly Verdict[] = [CALM, UP, HOLDS, DOWN];
const codeOf = (side: number, fired: number): number => SIDES.indexOf(side as Verdict) | (fired << 2);
const sideOf = (code: number): Verdict => SIDES[code & 3] ?? CALM;
const firedOf = (code: number): number => code >> 2;

/**
 * The past prices that rules use: for each track (a coin, quote currency and source) its samples, and the means of windows over
 * them, in O(1) per tick. Windows of a track share its samples, and each has its own cursor.
 *
 * Sums are kept by Neumaier's compensated summation (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
 * endlicher Summen", 1974), because prices are added and removed for weeks: a plain running sum would drift. A sum starts from
 * zero whenever its window is empty.
 *
 * All numbers of all tracks are in one array. With a thousand coins, memory access dominates: a number in a separate field would
 * be a separate object, and each of them a cache line of the processor.
 */
export class TrackMemory {
  readonly #pool = new PricePool();
  #cells = new Float64Array(FIRST_CELLS);
  /** The same memory as integers, two to a cell. */
  #ints = new Int32Array(this.#cells.buffer);
  /** Since when the condition of a rule has held, in the same cell as when it was calm. Separate, because it is rarely read. */
  #since = new Float64Array(FIRST_CELLS);
  /** The queues of all windows of extremes, by number. */
  readonly #extremes: Extremes[] = [];
  #used = 0;
  /** What is selected: the track, and the cells of its window and its window of extremes. */
  #place = 0;
  #window = 0;
  #extremesCell = 0;

  /** Begins a track without prices. Returns its place: where its cells begin. */
  open(layout: Layout): number {
    const place = this.#used;
    this.#used += layout.cells;
    if (this.#used > this.#cells.length) this.#grow();
    for (const { int } of layout.extremes)
      this.#ints[2 * place + int] = this.#extremes.push(new Extremes(0)) - 1;
    this.#empty(layout, place);
    return place;
  }

  /** Removes all prices of a track, so that another one of the same layout can reuse its place. */
  clear(layout: Layout, place: number): void {
    for (const { int, windows } of layout.series) {
      const longest = windows.at(-1);
      if (longest === undefined || this.#ints[2 * place + int] === NOWHERE) continue;
      const oldest = this.#ints[2 * place + longest.int + OLDEST] ?? 0;
      this.#pool.releaseFrom(Math.floor(oldest / BLOCK_NUMBERS));
    }
    this.#empty(layout, place);
  }

  /** Resets the numbers of a track to those without a price. */
  #empty({ cells: count, rules, sides, series, extremes }: Layout, place: number): void {
    const [cells, ints] = [this.#cells, this.#ints];
    const queues = extremes.map((own) => ints[2 * place + own.int] ?? 0);
    cells.fill(0, place, place + count);
    cells.fill(Number.NEGATIVE_INFINITY, place + NEWEST_AT, place + CALM_AT + rules);
    ints.fill(NO_SIDE, 2 * place + sides, 2 * place + sides + rules);
    for (const { cell, int: end, windows } of series) {
      cells[place + cell] = Number.NEGATIVE_INFINITY;
      ints[2 * place + end] = NOWHERE;
      for (const window of windows) cells[place + window.cell + MEAN] = Number.NaN;
    }
    for (const [index, { lengthMs, cell, int: number }] of extremes.entries()) {
      const queue = queues[index] ?? 0;
      cells.fill(Number.NaN, place + cell, place + cell + EXTREMES_CELLS);
      ints[2 * place + number] = queue;
      this.#extremes[queue] = new Extremes(lengthMs);
    }
  }

  /** The memory that the numbers use. */
  get bytes(): number {
    return this.#cells.byteLength + this.#since.byteLength + this.#pool.numbers.byteLength;
  }

  /** The time of a track's newest tick; minus infinity before the first. */
  newestAt(place: number): number {
    return this.#cells[place + NEWEST_AT] ?? 0;
  }

  /** Moves a track without windows to an instant. */
  moveTo(place: number, at: number): void {
    this.#cells[place + NEWEST_AT] = at;
  }

  /** The side on which a rule's condition holds, if it has held for as long as the rule requires; 0 otherwise. */
  firing({ sides }: Layout, place: number, rule: number): Verdict {
    const code = this.#ints[2 * place + sides + rule] ?? NO_SIDE;
    return firedOf(code) === NOT_FIRED ? CALM : sideOf(code);
  }

  /** The state of the condition of a rule, by its number. */
  conditionState({ sides }: Layout, place: number, rule: number): ConditionState {
    const cell = place + CALM_AT + rule;
    const code = this.#ints[2 * place + sides + rule] ?? NO_SIDE;
    return {
      calmAt: this.#cells[cell] ?? 0,
      since: this.#since[cell] ?? 0,
      side: sideOf(code),
      hasFired: firedOf(code) !== NOT_FIRED,
      isOld: firedOf(code) === FIRED_UNMADE,
    };
  }

  setConditionState({ sides }: Layout, place: number, rule: number, state: ConditionState): void {
    const { calmAt, since, side, hasFired, isOld } = state;
    const cell = place + CALM_AT + rule;
    this.#cells[cell] = calmAt;
    this.#since[cell] = since;
    const fired = isOld ? FIRED_UNMADE : hasFired ? FIRED_BEFORE : NOT_FIRED;
    this.#ints[2 * place + sides + rule] = side === CALM ? NO_SIDE : codeOf(side, fired);
  }

  /** The condition of a rule is clearly over at the newest tick. */
  calm({ sides }: Layout, place: number, rule: number): void {
    this.#cells[place + CALM_AT + rule] = this.#cells[place + NEWEST_AT] ?? 0;
    this.#ints[2 * place + sides + rule] = NO_SIDE;
  }

  /**
   * The condition of a rule does not hold at the newest tick. If it has held for too short a time to be raised, it starts again.
   */
  near({ sides }: Layout, place: number, rule: number): void {
    const own = 2 * place + sides + rule;
    if (firedOf(this.#ints[own] ?? NO_SIDE) === NOT_FIRED) this.#ints[own] = NO_SIDE;
  }

  /** The condition of a rule holds at the newest tick, on this side. Returns the time since which it has. */
  hold({ sides }: Layout, place: number, rule: number, side: number): number {
    const own = 2 * place + sides + rule;
    const cell = place + CALM_AT + rule;
    if (sideOf(this.#ints[own] ?? NO_SIDE) !== side) {
      this.#ints[own] = codeOf(side, NOT_FIRED);
      this.#since[cell] = this.#cells[place + NEWEST_AT] ?? 0;
    }
    return this.#since[cell] ?? 0;
  }

  /** The condition has held for long enough. Returns its earlier state: 0, `FIRED_BEFORE` or `FIRED_UNMADE`. */
  fire({ sides }: Layout, place: number, rule: number): number {
    const own = 2 * place + sides + rule;
    const code = this.#ints[own] ?? NO_SIDE;
    const before = firedOf(code);
    if (before === NOT_FIRED) this.#ints[own] = codeOf(sideOf(code), FIRED_BEFORE);
    return before;
  }

  /** A rule is created now: if its condition has already held for long enough, that was before. */
  make({ sides }: Layout, place: number, rule: number): void {
    const own = 2 * place + sides + rule;
    const code = this.#ints[own] ?? NO_SIDE;
    if (firedOf(code) === FIRED_BEFORE) this.#ints[own] = codeOf(sideOf(code), FIRED_UNMADE);
  }

  /**
   * Advances a track's windows to the time of a tick, and adds its price to the samples if it is the first of its step. The means
   * and extremes are those of the prices before it. Returns false, and changes nothing, for a tick that is not newer than the
   * track's last.
   */
  add({ series, extremes }: Layout, place: number, tick: Tick): boolean {
    const cells = this.#cells;
    const { observedAt: at } = tick;
    if (at <= (cells[place + NEWEST_AT] ?? 0)) return false;
    cells[place + NEWEST_AT] = at;
    for (let index = 0; index < series.length; index++) {
      const one = series[index];
      if (one !== undefined) this.#addSample(one, place, tick);
    }
    for (let index = 0; index < extremes.length; index++) {
      const own = extremes[index];
      if (own === undefined || !isDue(cells, place + own.cell, at)) continue;
      this.#queuesOf(own, place)?.expire(cells, place + own.cell, at);
    }
    return true;
  }

  /** Adds the price of a tick to the extremes, after the rules have compared it with earlier ones. */
  addToExtremes({ extremes }: Layout, place: number, { observedAt: at, price }: Tick): void {
    const cells = this.#cells;
    for (let index = 0; index < extremes.length; index++) {
      const own = extremes[index];
      if (own === undefined || !isNews(cells, place + own.cell, at, price)) continue;
      this.#queuesOf(own, place)?.add(cells, place + own.cell, at, price);
    }
  }

  #addSample({ stepMs, cell, int: ownEnd, windows }: SeriesLayout, place: number, tick: Tick): void {
    const cells = this.#cells;
    const ints = this.#ints;
    const { observedAt: at, price } = tick;
    const dueAt = cells[place + cell] ?? 0;
    const isSample = at >= dueAt;
    const end = ints[2 * place + ownEnd] ?? 0;
    const sampledAt = end === NOWHERE ? 0 : (this.#pool.numbers[end - FIELDS] ?? 0);
    let sample = end;
    if (isSample) {
      // Most prices are one step apart, and a division is slow.
      cells[place + cell] = at < dueAt + stepMs ? dueAt + stepMs : (Math.floor(at / stepMs) + 1) * stepMs;
      // Before the windows release samples: a block that they leave then always has a successor.
      if ((end & (BLOCK_NUMBERS - 1)) === 0 || end === NOWHERE) sample = this.#nextBlock(end);
      const { numbers } = this.#pool;
      numbers[sample] = at;
      numbers[sample + 1] = price;
      ints[2 * place + ownEnd] = sample + FIELDS;
    }
    const { numbers } = this.#pool;
    for (let index = 0; index < windows.length; index++) {
      const window = windows[index];
      if (window === undefined) continue;
      const own = place + window.cell;
      const ownInt = 2 * place + window.int;
      // In variables from here to the end of the window: each of them is read and written once.
      let count = ints[ownInt + COUNT] ?? 0;
      let sum = cells[own + SUM] ?? 0;
      let compensation = cells[own + COMPENSATION] ?? 0;
      let mean = Number.NaN;
      if (count > 0) {
        let oldest = ints[ownInt + OLDEST] ?? 0;
        let oldestAt = numbers[oldest] ?? 0;
        const since = at - window.lengthMs;
        if (oldestAt < since) {
          do {
            const value = -(numbers[oldest + 1] ?? 0);
            const total = sum + value;
            compensation += Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
            sum = total;
            count--;
            oldest += FIELDS;
            if ((oldest & (BLOCK_NUMBERS - 1)) === 0) oldest = this.#leaveBlock(window.isLongest, oldest);
            if (count === 0) break;
            oldestAt = numbers[oldest] ?? 0;
          } while (oldestAt < since);
          ints[ownInt + OLDEST] = oldest;
        }
        if (count === 0) {
          sum = 0;
          compensation = 0;
        } else if (count >= MIN_PRICES && sampledAt - oldestAt >= window.minSpanMs) {
          mean = (sum + compensation) / count;
        }
      }
      cells[own + MEAN] = mean;
      if (isSample) {
        if (count === 0) ints[ownInt + OLDEST] = sample;
        const total = sum + price;
        compensation += Math.abs(sum) >= Math.abs(price) ? sum - total + price : price - total + sum;
        sum = total;
        count++;
      }
      cells[own + SUM] = sum;
      cells[own + COMPENSATION] = compensation;
      ints[ownInt + COUNT] = count;
    }
  }

  /** Selects a track, its window and its window of extremes whose cells begin here; 0 for none. */
  select(place: number, windowCell: number, extremesCell: number): void {
    this.#place = place;
    this.#window = place + windowCell;
    this.#extremesCell = place + extremesCell;
  }

  /** Mean of the selected window's prices before the newest tick; NaN while they are too few, or too close together. */
  get mean(): number {
    return this.#cells[this.#window + MEAN] ?? 0;
  }

  get high(): number {
    return this.#cells[this.#extremesCell + HIGH] ?? 0;
  }

  get low(): number {
    return this.#cells[this.#extremesCell + LOW] ?? 0;
  }

  get isFilled(): boolean {
    const cells = this.#cells;
    return (cells[this.#place + NEWEST_AT] ?? 0) >= (cells[this.#extremesCell + FILLED_AT] ?? 0);
  }

  /** The prices of a track, for `restore`. */
  save(layout: Layout, place: number): SavedPrices {
    const series = layout.series.map(({ stepMs, windows }): SavedSeries => {
      const saved = windows.map(({ lengthMs, cell, int }): SavedWindow => {
        const mean = this.#cells[place + cell + MEAN] ?? 0;
        return {
          lengthMs,
          count: this.#ints[2 * place + int + COUNT] ?? 0,
          sum: this.#cells[place + cell + SUM] ?? 0,
          compensation: this.#cells[place + cell + COMPENSATION] ?? 0,
          mean: Number.isNaN(mean) ? null : mean,
        };
      });
      return { stepMs, ...this.#samples(2 * place + (windows.at(-1)?.int ?? 0)), windows: saved };
    });
    return { newestAt: this.newestAt(place), series };
  }

  saveExtremes({ extremes }: Layout, place: number): readonly SavedExtremes[] {
    return extremes.flatMap((own) => this.#queuesOf(own, place)?.save(this.#cells, place + own.cell) ?? []);
  }

  /**
   * Restores saved prices to a track without prices. Windows that were not saved are filled from the samples.
   *
   * @param earlier prices of the same track that were replayed up to the same time: its samples precede the saved ones
   */
  restore(layout: Layout, place: number, saved: SavedPrices, earlier: SavedPrices | null): void {
    for (const { stepMs, cell, int, windows } of layout.series) {
      const { times, prices, means } = fillWindows(saved, earlier, stepMs, windows, MIN_PRICES);
      const places = times.map((time, sample) => this.#append(2 * place + int, time, prices[sample] ?? 0));
      const last = times.at(-1);
      if (last === undefined) continue;
      this.#cells[place + cell] = (Math.floor(last / stepMs) + 1) * stepMs;
      for (const [index, window] of windows.entries()) {
        const known = means[index];
        if (known === undefined) continue;
        this.#cells[place + window.cell + SUM] = known.sum;
        this.#cells[place + window.cell + COMPENSATION] = known.compensation;
        this.#cells[place + window.cell + MEAN] = known.mean ?? Number.NaN;
        this.#ints[2 * place + window.int + COUNT] = known.count;
        this.#ints[2 * place + window.int + OLDEST] = places[times.length - known.count] ?? NOWHERE;
      }
    }
    this.#cells[place + NEWEST_AT] = saved.newestAt;
  }

  /** Restores the saved extremes of a track's windows; if several were saved for a window, those that go further back. */
  restoreExtremes({ extremes }: Layout, place: number, saved: readonly SavedExtremes[]): void {
    for (const own of extremes) {
      const [known] = saved
        .filter(({ lengthMs }) => lengthMs === own.lengthMs)
        .toSorted((a, b) => (a.firstAt ?? Number.MAX_VALUE) - (b.firstAt ?? Number.MAX_VALUE));
      if (known !== undefined) this.#queuesOf(own, place)?.restore(this.#cells, place + own.cell, known);
    }
  }

  #queuesOf({ int }: ExtremesLayout, place: number): Extremes | undefined {
    return this.#extremes[this.#ints[2 * place + int] ?? 0];
  }

  /** Appends a sample to a series, whose end is the integer at this place. Returns its place. */
  #append(int: number, at: number, price: number): number {
    let end = this.#ints[int] ?? 0;
    if (end % BLOCK_NUMBERS === 0 || end === NOWHERE) end = this.#nextBlock(end);
    const { numbers } = this.#pool;
    numbers[end] = at;
    numbers[end + 1] = price;
    this.#ints[int] = end + FIELDS;
    return end;
  }

  /** The next place for a series whose last block is full, or that has none. */
  #nextBlock(end: number): number {
    const block = this.#pool.allocate();
    if (end !== NOWHERE) this.#pool.link(end / BLOCK_NUMBERS - 1, block);
    return block * BLOCK_NUMBERS;
  }

  /** The next place for a window that has passed the last sample of a block. The longest window releases the block. */
  #leaveBlock(isLongest: boolean, passed: number): number {
    const block = passed / BLOCK_NUMBERS - 1;
    const next = this.#pool.after(block);
    if (isLongest) this.#pool.release(block);
    return next * BLOCK_NUMBERS;
  }

  /** The samples of a window, oldest first. */
  #samples(int: number): { readonly times: number[]; readonly prices: number[] } {
    const { numbers } = this.#pool;
    const times: number[] = [];
    const prices: number[] = [];
    let sample = this.#ints[int + OLDEST] ?? 0;
    for (let left = this.#ints[int + COUNT] ?? 0; left > 0; left--) {
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
    this.#ints = new Int32Array(cells.buffer);
    const since = new Float64Array(cells.length);
    since.set(this.#since);
    this.#since = since;
  }
}
