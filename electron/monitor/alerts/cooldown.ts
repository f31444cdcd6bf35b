import type { Alert } from '../../../shared/domain/alert.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** After an alert its coin is quiet for this long, but for what `Cooldown.admits` lets through. */
export const COOLDOWN_MS = 15 * MINUTE_MS;
/** Alerts of one rule for one coin in any stretch of `COOLDOWN_MS`, whatever its prices do. */
export const MOST_PER_COOLDOWN = 3;
/** Alerts of one rule for one coin in any hour: an hour is four such stretches. */
export const MOST_PER_HOUR = MOST_PER_COOLDOWN * Math.ceil(HOUR_MS / COOLDOWN_MS);

/** A price exactly at the threshold comes out a hair above it in binary; that is not "more than". */
const ROUNDING_PCT = 1e-9;

type Delivered = Pick<Alert, 'id' | 'vsCurrency' | 'source' | 'observedAt' | 'price'> & {
  readonly side: number;
};

/** A price at which the condition of a rule holds. */
export type Candidate = Pick<Alert, 'rule' | 'coinId' | 'vsCurrency' | 'source' | 'observedAt' | 'price'> & {
  /** 1 above, -1 below. */
  readonly side: number;
  /** When the condition of this source was last clearly over. */
  readonly calmAt: number;
  /** A move of more than this since the last alert is news of its own. */
  readonly againPct: number;
};

/**
 * Decides which of the prices at which a rule holds become alerts. The first does. Within the next 15 minutes another one
 * does when
 * - it is on the other side, and more than the threshold away from the price of the last alert; or
 * - it is of the same source and side, and the condition was clearly over in between;
 * - and in both cases no other source has just reported the same side, and there were fewer than three alerts.
 *
 * Prices that grow without end could pass any rule about moves, so it is the number that bounds what a person gets:
 * `MOST_PER_HOUR`. It goes by the times of prices, and by what was delivered alone: a restart that is given the last
 * alerts decides the same.
 */
export type Cooldown = {
  admits(candidate: Candidate): boolean;
  /** Takes note of an alert that is delivered. One that is known changes nothing. */
  note(alert: Alert): void;
  /** Forgets alerts of later than an instant: their prices were of a time that cannot be. */
  forgetAfter(instant: number): void;
};

export function createCooldown(): Cooldown {
  const deliveredOf = new Map<string, Delivered[]>();

  return {
    admits({ rule, coinId, vsCurrency, source, observedAt, price, side, calmAt, againPct }) {
      const delivered = deliveredOf.get(keyOf(rule, coinId));
      if (delivered === undefined) return true;
      const newestAt = delivered.reduce((newest, one) => Math.max(newest, one.observedAt), -Infinity);
      // What is older than the quiet time before the newest alert is history.
      if (observedAt <= newestAt - COOLDOWN_MS) return false;
      const recent = delivered.filter((one) => Math.abs(one.observedAt - observedAt) < COOLDOWN_MS);
      if (recent.length >= MOST_PER_COOLDOWN) return false;
      const comparable = recent.filter((one) => one.vsCurrency === vsCurrency);
      const last = comparable.at(-1);
      if (last === undefined) return true;
      const sameSide = comparable.findLast((one) => one.side === side);
      if (sameSide !== undefined && sameSide.source !== source) return false;
      if (last.side === side) return calmAt > last.observedAt;
      return Math.abs(price / last.price - 1) * 100 > againPct + ROUNDING_PCT;
    },
    note(alert) {
      const key = keyOf(alert.rule, alert.coinId);
      const delivered = deliveredOf.get(key) ?? [];
      if (delivered.some(({ id }) => id === alert.id)) return;
      const { id, vsCurrency, source, observedAt, price, figures } = alert;
      delivered.push({ id, vsCurrency, source, observedAt, price, side: Math.sign(figures.changePct ?? 0) });
      const newestAt = Math.max(...delivered.map((one) => one.observedAt));
      // An older one has no say: see `admits`.
      deliveredOf.set(
        key,
        delivered.filter((one) => one.observedAt > newestAt - 2 * COOLDOWN_MS),
      );
    },
    forgetAfter(instant) {
      for (const [key, delivered] of deliveredOf) {
        deliveredOf.set(
          key,
          delivered.filter(({ observedAt }) => observedAt <= instant),
        );
      }
    },
  };
}

function keyOf(rule: string, coinId: string): string {
  return `${rule}\n${coinId}`;
}
