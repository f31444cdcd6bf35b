import { createNoise } from './noise.ts';

const DAY_S = 86_400;
/** The coarsest cell, 48.5 days: a power of two of seconds, so that 22 halvings end at one second. */
const LEVELS = 22;
const CELL_S = 2 ** LEVELS;
/** The smallest share of a cell's variance that a half may get. */
const MIN_SHARE = 0.27;

/** The logarithm of a price relative to its level, at an instant in milliseconds since the epoch. */
export type PricePath = (at: number) => number;

/**
 * A random walk that can be evaluated at any instant in 22 steps: P. Lévy's construction of Brownian motion, which starts from
 * the ends of a long cell and repeatedly computes the middle. The variance of a cell is divided between its halves at random, which
 * produces calm and volatile periods on every scale, as in real markets (the multifractal model of B. Mandelbrot, A. Fisher and L.
 * Calvet, 1997). The ends of the long cells are independent, so the walk never drifts far from its level.
 *
 * @param dailyVolPct standard deviation of a day's movement in per cent
 */
export function createPricePath(seed: string, stream: string, dailyVolPct: number): PricePath {
  const noise = createNoise(seed, stream);
  const dailyVariance = (dailyVolPct / 100) ** 2;
  const cellVariance = (dailyVariance * CELL_S) / DAY_S;
  // The difference of two independent ends then has the variance of the cell.
  const endDeviation = Math.sqrt(cellVariance / 2);

  return (at) => {
    const seconds = at / 1_000;
    let index = Math.floor(seconds / CELL_S);
    let left = noise.normal(0, index) * endDeviation;
    let right = noise.normal(0, index + 1) * endDeviation;
    let variance = cellVariance;
    let start = index * CELL_S;
    let length = CELL_S;
    for (let level = 1; level <= LEVELS; level++) {
      const share = MIN_SHARE + (1 - 2 * MIN_SHARE) * noise.uniform(level, index);
      const bridge = Math.sqrt(variance * share * (1 - share)) * noise.normal(level, index);
      const middle = left + (right - left) * share + bridge;
      length /= 2;
      index *= 2;
      if (seconds < start + length) {
        right = middle;
        variance *= share;
      } else {
        left = middle;
        variance *= 1 - share;
        start += length;
        index += 1;
      }
    }
    return left + ((right - left) * (seconds - start)) / length;
  };
}

const JUMP_CELL_MS = 3 * 3_600_000;
const JUMP_FADE_MS = 4 * 3_600_000;
/** After 24 hours 0.2% of a jump is left. */
const JUMP_CELLS = 8;

/**
 * Sudden moves, as on news: 2.2 to about 8%, up or down, which fade over hours.
 *
 * @param jumpsPerDay on average, at most 8
 */
export function createJumps(seed: string, stream: string, jumpsPerDay: number): PricePath {
  const noise = createNoise(seed, stream);
  const chance = (jumpsPerDay * JUMP_CELL_MS) / (DAY_S * 1_000);
  return (at) => {
    const newest = Math.floor(at / JUMP_CELL_MS);
    let sum = 0;
    for (let cell = newest; cell > newest - JUMP_CELLS; cell--) {
      if (noise.uniform(0, cell) >= chance) continue;
      const age = at - (cell + noise.uniform(1, cell)) * JUMP_CELL_MS;
      if (age < 0) continue;
      const size = Math.min(0.08, 0.022 - 0.012 * Math.log(noise.uniform(2, cell)));
      const direction = noise.uniform(3, cell) < 0.5 ? -1 : 1;
      sum += direction * size * Math.exp(-age / JUMP_FADE_MS);
    }
    return sum;
  };
}
