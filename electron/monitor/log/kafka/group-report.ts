/** Events of a member of a consumer group. */
export type GroupReport = {
  /** The group has assigned partitions to this process, or the membership was lost. */
  member(isMember: boolean): void;
  /** Records were applied and committed. */
  committed(work: { readonly records: number; readonly ticks: number }): void;
  /** Uncommitted records of a topic, in the partitions of this process. */
  lag(topic: string, records: number): void;
  /** A record was moved to the dead letters. */
  deadLetter(): void;
};

export const NO_REPORT: GroupReport = {
  member: () => undefined,
  committed: () => undefined,
  lag: () => undefined,
  deadLetter: () => undefined,
};
