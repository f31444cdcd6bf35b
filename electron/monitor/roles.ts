/** The parts of the program, in the order in which they start: those that receive something before those that send it. */
export const PARTS = ['pages', 'store', 'delivery', 'rules', 'sources'] as const;
export type Part = (typeof PARTS)[number];

/**
 * The parts that a process of each role has. `all` is the program on one machine, whose log is a file. The others are processes of
 * an installation of several, whose log is in Kafka; a process may have more than one of them.
 */
export const ROLES = {
  all: PARTS,
  /** Fetches prices. */
  feed: ['sources'],
  /** Evaluates the rules. */
  alert: ['rules'],
  /** Writes to PostgreSQL. */
  store: ['store'],
  /** Sends alerts to the channels. */
  deliver: ['delivery'],
  /** Shows pages. */
  serve: ['pages'],
} as const satisfies Readonly<Record<string, readonly Part[]>>;
export type Role = keyof typeof ROLES;
export type ClusterRole = Exclude<Role, 'all'>;

/** The roles of an installation of several processes. */
export const CLUSTER_ROLES = Object.keys(ROLES).filter((role) => role !== 'all') as readonly ClusterRole[];

/** The parts of which Kafka assigns each process its share, by consumer groups of these names. */
export const CONSUMERS = {
  store: 'store',
  delivery: 'deliver',
  rules: 'alert',
  sources: 'feed',
} as const satisfies Readonly<Record<Exclude<Part, 'pages'>, string>>;
export type Consumer = (typeof CONSUMERS)[keyof typeof CONSUMERS];

/** The parts of a process with these roles, in the order in which they start. */
export function partsOf(roles: readonly Role[]): readonly Part[] {
  return PARTS.filter((part) => roles.some((role) => (ROLES[role] as readonly Part[]).includes(part)));
}
