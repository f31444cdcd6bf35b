/** Two numbers, time and price, are kept side by side, so that a step touches one stretch of memory. */
const FIELDS = 2;
const FIRST_CAPACITY = 16;
/** The ring grows by this much and a 256th of itself: see `#grow`. */
const SMALLEST_GROWTH = 4;

/**
 * The prices of a trailing stretch of time, with their mean, in O(1) amortised per price.
 *
 * The sum is kept by Neumaier's compensated summation (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur
 * Summation endlicher Summen", 1974), because prices are added and taken away for weeks: a plain running sum would
 * drift away from the truth. It starts from zero whenever the window is empty.
 *
 * A class and not a closure, for its size: with a thousand coins, what one window takes decides whether the next
 * tick's window is still in the processor's cache.
 */
export class PriceWindow {
  // A ring of [time, price].
  #ring = new Float64Array(FIRST_CAPACITY * FIELDS);
  #capacity = FIRST_CAPACITY;
  #first = 0;
  #count = 0;
  #sum = 0;
  #compensation = 0;

  /** Prices in the window. */
  get count(): number {
    return this.#count;
  }

  /** Time between the oldest and the newest price, 0 for fewer than two. */
  get spanMs(): number {
    if (this.#count < 2) return 0;
    return (this.#ring[this.#slotOf(this.#count - 1)] ?? 0) - (this.#ring[this.#slotOf(0)] ?? 0);
  }

  /** Arithmetic mean of the prices; NaN for an empty window. */
  get mean(): number {
    return (this.#sum + this.#compensation) / this.#count;
  }

  /** Forgets prices observed before `instant`. */
  forgetBefore(instant: number): void {
    const ring = this.#ring;
    while (this.#count > 0) {
      const slot = this.#first * FIELDS;
      if ((ring[slot] ?? 0) >= instant) return;
      this.#accumulate(-(ring[slot + 1] ?? 0));
      this.#first = this.#first + 1 < this.#capacity ? this.#first + 1 : 0;
      this.#count--;
    }
    this.#sum = 0;
    this.#compensation = 0;
  }

  /** Adds a price; `at` must not be before the newest one. */
  add(at: number, price: number): void {
    if (this.#count === this.#capacity) this.#grow();
    const slot = this.#slotOf(this.#count);
    this.#ring[slot] = at;
    this.#ring[slot + 1] = price;
    this.#count++;
    this.#accumulate(price);
  }

  #slotOf(index: number): number {
    const place = this.#first + index;
    return (place < this.#capacity ? place : place - this.#capacity) * FIELDS;
  }

  #accumulate(value: number): void {
    const sum = this.#sum;
    const total = sum + value;
    this.#compensation += Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
    this.#sum = total;
  }

  /**
   * Makes room, but little: the oldest price, which is forgotten next, then lies beside the free place that the next
   * price takes, and both come from memory in one go. The copies cost a new price at most 4 kB of memory moved, and
   * that only while the window holds more prices than ever before.
   */
  #grow(): void {
    const ring = this.#ring;
    const capacity = this.#capacity + SMALLEST_GROWTH + (this.#capacity >> 8);
    const larger = new Float64Array(capacity * FIELDS);
    const untilWrap = ring.subarray(this.#first * FIELDS);
    larger.set(untilWrap, 0);
    larger.set(ring.subarray(0, this.#first * FIELDS), untilWrap.length);
    this.#ring = larger;
    this.#capacity = capacity;
    this.#first = 0;
  }
}
