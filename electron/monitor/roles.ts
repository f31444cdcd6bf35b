/** The parts of the program that run in the background, in the order in which they are started. */
export const PARTS = ['store', 'delivery', 'sources'] as const;
export type Part = (typeof PARTS)[number];

/** The parts of a process that runs all of them. The log of one machine belongs to one process. */
export const ROLES = {
  /** The program on one machine. */
  all: PARTS,
} as const satisfies Readonly<Record<string, readonly Part[]>>;

/**
 * The roles of an installation with several processes, connected by Kafka: `feed` fetches prices, `alert` evaluates the rules,
 * `store` writes to PostgreSQL, `deliver` sends alerts to the channels, and `serve` shows pages.
 */
export const CLUSTER_ROLES = ['feed', 'alert', 'store', 'deliver', 'serve'] as const;
export type ClusterRole = (typeof CLUSTER_ROLES)[number];
