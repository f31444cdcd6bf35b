/**
 * How often a test kills: as often as is usual for it, or `KILLS` times. Two tests do, so
 * `KILLS=50 npm run test:integration -- kill` is a hundred.
 */
export function killsOr(usual: number): number {
  return Number(process.env.KILLS ?? usual);
}
