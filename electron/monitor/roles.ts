/** The parts of the program that run by themselves, in the order in which they are started. */
export const PARTS = ['store', 'delivery', 'sources'] as const;
export type Part = (typeof PARTS)[number];

/** Which parts a process has that does all. The log of one machine belongs to one process. */
export const ROLES = {
  /** The program on one machine. */
  all: PARTS,
} as const satisfies Readonly<Record<string, readonly Part[]>>;

/**
 * The roles of an installation whose parts run in several processes, joined by Kafka: `feed` brings prices, `alert` steps the rules,
 * `store` writes PostgreSQL, `deliver` brings alerts to the channels, and `serve` shows pages.
 */
export const CLUSTER_ROLES = ['feed', 'alert', 'store', 'deliver', 'serve'] as const;
export type ClusterRole = (typeof CLUSTER_ROLES)[number];
