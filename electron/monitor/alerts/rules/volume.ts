import { z } from 'zod';
import { CALM, HOLDS, NEAR, type RuleKind } from './rule-kind.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Share of the factor that an hour's volume must be below before the next hour counts as new. */
const REARM_SHARE = 0.75;

const paramsSchema = z.strictObject({
  /** How many times its average an hour's volume is. */
  factor: z.number().min(1.1).max(1_000).default(3),
  /** The half-life of the weight of a day's volume, in days. */
  halfLifeDays: z.number().min(1).max(60).default(7),
  /** The minimum number of known days for an hour. */
  minDays: z.number().int().min(1).max(30).default(3),
});
export type VolumeParams = Readonly<z.infer<typeof paramsSchema>>;

const stateSchema = z.strictObject({
  /** The current hour since the epoch, and its volume in units of the coin; null before the first trade. */
  hour: z.number().nullable(),
  amount: z.number(),
  /** For each hour of the day, UTC: the average volume and its number of days. */
  averages: z.array(z.number()).length(HOURS),
  days: z.array(z.number()).length(HOURS),
});
type VolumeState = z.infer<typeof stateSchema>;

/**
 * Holds while the volume of the current hour is more than `factor` times the average of the same hour of the day, UTC. It needs
 * trades, so it applies to coins that are streamed from an exchange. Hours in which the program did not run are unknown.
 */
export const volume: RuleKind<VolumeParams, VolumeState> = {
  id: 'volume',
  onCrossing: true,
  directions: [],
  params: paramsSchema,
  state: stateSchema,
  memory: ({ halfLifeDays, minDays }) => ({
    replayMs: Math.max(4 * halfLifeDays, minDays + 1) * HOURS * HOUR_MS,
  }),
  againPct: () => 0,
  start: () => ({
    hour: null,
    amount: 0,
    averages: Array.from({ length: HOURS }, () => 0),
    days: Array.from({ length: HOURS }, () => 0),
  }),

  step(state, { observedAt, amount }, { factor, halfLifeDays, minDays }) {
    if (amount === null) return NEAR;
    const hour = Math.floor(observedAt / HOUR_MS);
    if (state.hour !== hour) endHour(state, hour, halfLifeDays);
    state.amount += amount;
    const ofDay = hour % HOURS;
    if ((state.days[ofDay] ?? 0) < minDays) return NEAR;
    const ratio = state.amount / (state.averages[ofDay] ?? 0);
    if (ratio < factor * REARM_SHARE) return CALM;
    // The ratio to zero is undefined.
    return ratio > factor && ratio < Number.POSITIVE_INFINITY ? HOLDS : NEAR;
  },

  figures: ({ amount, hour, averages }) => ({
    amount,
    ratio: amount / (averages[(hour ?? 0) % HOURS] ?? 0),
  }),
};

function endHour(state: VolumeState, next: number, halfLifeDays: number): void {
  const { hour, amount } = state;
  if (hour !== null) {
    const ofDay = hour % HOURS;
    const days = (state.days[ofDay] ?? 0) + 1;
    const average = state.averages[ofDay] ?? 0;
    const weight = Math.max(1 - 2 ** (-1 / halfLifeDays), 1 / days);
    state.days[ofDay] = days;
    state.averages[ofDay] = average + weight * (amount - average);
  }
  state.hour = next;
  state.amount = 0;
}
