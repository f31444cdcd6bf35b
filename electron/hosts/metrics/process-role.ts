import type { ClusterRole } from '../../monitor/roles.ts';

/** The role of a process in an installation with several processes, or `all` for the program on one machine. */
export type ProcessRole = ClusterRole | 'all';
