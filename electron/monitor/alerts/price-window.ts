import { BLOCK_NUMBERS, NO_BLOCK, type PricePool } from './price-pool.ts';

const FIELDS = 2;
/** Stands for "nowhere": the window holds no block. */
const NOWHERE = -1;

/**
 * The prices of a trailing stretch of time, with their mean, in O(1) per price.
 *
 * The sum is kept by Neumaier's compensated summation (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur
 * Summation endlicher Summen", 1974), because prices are added and taken away for weeks: a plain running sum would
 * drift away from the truth. It starts from zero whenever the window is empty.
 *
 * A class and not a closure, for its size: with a thousand coins, what one window takes decides whether the next
 * tick's window is still in the processor's cache.
 */
export class PriceWindow {
  readonly #pool: PricePool;
  /** Places in the pool's numbers: of the oldest price, and behind the newest. */
  #oldest = NOWHERE;
  #end = NOWHERE;
  #count = 0;
  #newestAt = 0;
  #sum = 0;
  #compensation = 0;

  /** An empty window whose prices will be kept in `pool`. */
  constructor(pool: PricePool) {
    this.#pool = pool;
  }

  /** Prices in the window. */
  get count(): number {
    return this.#count;
  }

  /** Time between the oldest and the newest price, 0 for fewer than two. */
  get spanMs(): number {
    return this.#count < 2 ? 0 : this.#newestAt - (this.#pool.numbers[this.#oldest] ?? 0);
  }

  /** Arithmetic mean of the prices; NaN for an empty window. */
  get mean(): number {
    return (this.#sum + this.#compensation) / this.#count;
  }

  /** Forgets prices observed before `instant`. */
  forgetBefore(instant: number): void {
    const { numbers } = this.#pool;
    while (this.#count > 0) {
      const place = this.#oldest;
      if ((numbers[place] ?? 0) >= instant) return;
      this.#accumulate(-(numbers[place + 1] ?? 0));
      this.#count--;
      this.#oldest = place + FIELDS;
      if (this.#oldest % BLOCK_NUMBERS === 0) this.#leaveBlock();
    }
    this.#sum = 0;
    this.#compensation = 0;
  }

  /** Adds a price; `at` must not be before the newest one. */
  add(at: number, price: number): void {
    if (this.#end === NOWHERE || this.#end % BLOCK_NUMBERS === 0) this.#enterBlock();
    const { numbers } = this.#pool;
    numbers[this.#end] = at;
    numbers[this.#end + 1] = price;
    this.#end += FIELDS;
    this.#newestAt = at;
    this.#count++;
    this.#accumulate(price);
  }

  #accumulate(value: number): void {
    const sum = this.#sum;
    const total = sum + value;
    this.#compensation += Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
    this.#sum = total;
  }

  /** All of the oldest block is forgotten. */
  #leaveBlock(): void {
    const block = this.#oldest / BLOCK_NUMBERS - 1;
    const next = this.#pool.after(block);
    this.#pool.giveBack(block);
    this.#oldest = next === NO_BLOCK ? NOWHERE : next * BLOCK_NUMBERS;
    if (next === NO_BLOCK) this.#end = NOWHERE;
  }

  /** The newest block is full, or there is none. */
  #enterBlock(): void {
    const block = this.#pool.take();
    if (this.#end === NOWHERE) this.#oldest = block * BLOCK_NUMBERS;
    else this.#pool.link(this.#end / BLOCK_NUMBERS - 1, block);
    this.#end = block * BLOCK_NUMBERS;
  }
}
