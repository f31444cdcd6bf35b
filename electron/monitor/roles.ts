/** The parts of the program that run by themselves, in the order in which they are started. */
export const PARTS = ['store', 'delivery', 'sources'] as const;
export type Part = (typeof PARTS)[number];

/**
 * Which parts a process of each role has. A role with fewer parts than `all` is another line here; it makes sense once
 * several processes can share a log, and the log of one machine belongs to one process.
 */
export const ROLES = {
  /** The program on one machine. */
  all: PARTS,
} as const satisfies Readonly<Record<string, readonly Part[]>>;
