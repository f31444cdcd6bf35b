/** A position in PostgreSQL's write-ahead log, in bytes from its beginning. */
export type WalPosition = bigint;

/** Beyond so many moments, every second one is forgotten: a lag of hours need not be known to the second. */
const MOST_MOMENTS = 1_000;

/**
 * Measures how far a replica is behind the database, from positions of both that are looked at now and then: its lag is the time since
 * the first moment at which the database had more than the replica has. No clock of a server is involved, and a replica that
 * has lost its connection is seen to fall behind, which `pg_last_xact_replay_timestamp()` does not tell from an idle database.
 */
export function createLagMeter() {
  let ahead: { readonly at: number; readonly position: WalPosition }[] = [];
  let sampledAt = Number.NEGATIVE_INFINITY;
  return {
    /** Where the database was, at an instant in milliseconds of any clock that does not jump. */
    sample(at: number, position: WalPosition): void {
      sampledAt = at;
      const last = ahead.at(-1);
      if (last !== undefined && position <= last.position) return;
      if (ahead.length >= MOST_MOMENTS) ahead = ahead.filter((_, index) => index % 2 === 0);
      ahead.push({ at, position });
    },
    /** For how many milliseconds it is not known where the database is; infinite before the first sample. */
    sinceSampleMs: (now: number): number => Math.max(0, now - sampledAt),
    /** The lag in milliseconds of a replica that has replayed up to a position. */
    lagMs(now: number, replayed: WalPosition): number {
      const first = ahead.findIndex(({ position }) => position > replayed);
      ahead = first === -1 ? [] : ahead.slice(first);
      const [oldest] = ahead;
      return oldest === undefined ? 0 : Math.max(0, now - oldest.at);
    },
  };
}
