/** A position in PostgreSQL's write-ahead log, in bytes from its beginning. */
export type WalPosition = bigint;

/** Beyond this number of samples, every second one is dropped: a lag of hours need not be exact to the second. */
const MAX_SAMPLES = 1_000;

/**
 * Measures how far a replica is behind the database from samples of the positions of both. The lag is the time since the database
 * first had something that the replica has not replayed. This involves no server's clock, and detects a replica that has lost its
 * connection, which `pg_last_xact_replay_timestamp()` cannot distinguish from an idle database.
 */
export function createLagMeter() {
  let ahead: { readonly at: number; readonly position: WalPosition }[] = [];
  let sampledAt = Number.NEGATIVE_INFINITY;
  return {
    /** Adds a position of the database and its time, in milliseconds of any monotonic clock. */
    sample(at: number, position: WalPosition): void {
      sampledAt = at;
      const last = ahead.at(-1);
      if (last !== undefined && position <= last.position) return;
      if (ahead.length >= MAX_SAMPLES) ahead = ahead.filter((_, index) => index % 2 === 0);
      ahead.push({ at, position });
    },
    /** Milliseconds since the last sample; infinite before the first one. */
    sinceSampleMs: (now: number): number => Math.max(0, now - sampledAt),
    /** The lag, in milliseconds, of a replica that has replayed up to a position. */
    lagMs(now: number, replayed: WalPosition): number {
      const first = ahead.findIndex(({ position }) => position > replayed);
      ahead = first === -1 ? [] : ahead.slice(first);
      const [oldest] = ahead;
      return oldest === undefined ? 0 : Math.max(0, now - oldest.at);
    },
  };
}
