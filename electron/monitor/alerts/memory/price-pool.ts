/** Prices in a block. Eight of [time, price] are two cache lines of the processor. */
const BLOCK_PRICES = 8;
const FIELDS = 2;
export const BLOCK_NUMBERS = BLOCK_PRICES * FIELDS;

const FIRST_BLOCKS = 64;

/** Stands for "no block". */
const NO_BLOCK = -1;

/**
 * Memory for the prices of many windows, in blocks that are allocated in the order in which they were released.
 *
 * Coins get their prices in the same order each time. With the blocks of one pool, the prices that coins release one after the
 * other are adjacent, and the processor prefetches them: a thousand windows of 3,000 prices, too many for its caches, are nearly
 * as fast as a thousand of 30.
 */
export class PricePool {
  /** The blocks' numbers, `[time, price]` after `[time, price]`. Replaced when the pool grows: do not keep it. */
  numbers = new Float64Array(FIRST_BLOCKS * BLOCK_NUMBERS);
  /** What follows each block: in its window while it is allocated, in the queue of free blocks otherwise. */
  #next = new Int32Array(FIRST_BLOCKS);
  #firstFree = 0;
  #lastFree = FIRST_BLOCKS - 1;

  constructor() {
    this.#chain(0, FIRST_BLOCKS);
  }

  /** A block without a successor; its numbers are left from earlier use. */
  allocate(): number {
    if (this.#firstFree === NO_BLOCK) this.#grow();
    const block = this.#firstFree;
    this.#firstFree = this.after(block);
    if (this.#firstFree === NO_BLOCK) this.#lastFree = NO_BLOCK;
    this.#next[block] = NO_BLOCK;
    return block;
  }

  /** The block that was linked after this one, or `NO_BLOCK`. */
  after(block: number): number {
    return this.#next[block] ?? NO_BLOCK;
  }

  link(block: number, next: number): void {
    this.#next[block] = next;
  }

  release(block: number): void {
    this.#next[block] = NO_BLOCK;
    if (this.#lastFree === NO_BLOCK) this.#firstFree = block;
    else this.#next[this.#lastFree] = block;
    this.#lastFree = block;
  }

  /** Releases a block with all that were linked after it. */
  releaseFrom(first: number): void {
    for (let block = first; block !== NO_BLOCK; ) {
      const next = this.after(block);
      this.release(block);
      block = next;
    }
  }

  #grow(): void {
    const blocks = this.#next.length;
    const numbers = new Float64Array(2 * blocks * BLOCK_NUMBERS);
    numbers.set(this.numbers);
    const next = new Int32Array(2 * blocks);
    next.set(this.#next);
    this.numbers = numbers;
    this.#next = next;
    this.#chain(blocks, 2 * blocks);
    this.#firstFree = blocks;
    this.#lastFree = 2 * blocks - 1;
  }

  /** Links a range of blocks, each to the next. */
  #chain(from: number, to: number): void {
    for (let block = from; block < to; block++) this.#next[block] = block + 1 < to ? block + 1 : NO_BLOCK;
  }
}
