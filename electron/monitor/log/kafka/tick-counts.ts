/** The number of ticks in the records of a log, by offset, as far as known. */
export type TickCounts = {
  note(offset: number, ticks: number): void;
  /**
   * The number of ticks in [from, end), a range that contains `records` records. Records without a known count are estimated with
   * the average of the known ones.
   */
  between(from: number, end: number, records: number, isLeftOut: (offset: number) => boolean): number;
  forgetBefore(offset: number): void;
};

export function createTickCounts(): TickCounts {
  const counts = new Map<number, number>();
  /** Over all counts noted so far. */
  let noted = 0;
  let ticks = 0;
  return {
    note(offset, count) {
      if (counts.has(offset)) return;
      counts.set(offset, count);
      noted += 1;
      ticks += count;
    },
    between(from, end, records, isLeftOut) {
      let known = 0;
      let sum = 0;
      for (const [offset, count] of counts) {
        if (offset < from || offset >= end || isLeftOut(offset)) continue;
        known += 1;
        sum += count;
      }
      const unknown = Math.max(0, records - known);
      return sum + (noted === 0 ? 0 : Math.round((unknown * ticks) / noted));
    },
    forgetBefore(offset) {
      for (const known of counts.keys()) {
        if (known < offset) counts.delete(known);
      }
    },
  };
}
