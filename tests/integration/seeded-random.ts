/** Reproducible random numbers: the same seed produces the same sequence. */
export type SeededRandom = {
  /** In [0, 1). */
  next(): number;
  /** An integer from `least` to `most`, inclusive. */
  whole(least: number, most: number): number;
  pick<T>(choices: readonly T[]): T;
  shuffled<T>(items: readonly T[]): readonly T[];
};

/** Tommy Ettinger's Mulberry32, which is good enough for tests. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    whole,
    pick(choices) {
      const choice = choices[whole(0, choices.length - 1)];
      if (choice === undefined) throw new RangeError('there is nothing to choose from');
      return choice;
    },
    shuffled(items) {
      const order = items.map((item) => ({ item, place: next() }));
      return order.sort((a, b) => a.place - b.place).map(({ item }) => item);
    },
  };
}

/** The seed in an environment variable, which reproduces a failure or searches for others; `usual` if it is not set. */
export function seedFrom(variable: string, usual: number): number {
  const text = process.env[variable];
  const seed = text === undefined || text === '' ? usual : Number(text);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`${variable} must be a whole number, not "${text}"`);
  return seed;
}

/** Adds to an error of `work` how to reproduce it. */
export async function replayable(variable: string, seed: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) error.message = `${error.message}\nRun it again with ${variable}=${seed}`;
    throw error;
  }
}
