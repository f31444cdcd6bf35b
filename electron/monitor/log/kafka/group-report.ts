/** What a member of a consumer group tells of itself. */
export type GroupReport = {
  /** The group has given this process its partitions, or the membership was lost. */
  member(isMember: boolean): void;
  /** Records were applied and committed. */
  committed(work: { readonly records: number; readonly ticks: number }): void;
  /** Records of a topic, in the partitions of this process, that are not committed. */
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
