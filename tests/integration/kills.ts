/**
 * How often a test kills: its default, or `KILLS` times. Two tests use it, so `KILLS=50 npm run test:integration --
 * kill` is a hundred.
 */
export function killsOr(usual: number): number {
  return Number(process.env.KILLS ?? usual);
}
