import type { ClusterRole } from '../../monitor/roles.ts';

/** The role of a process: that of an installation of several, or `all` for the program on one machine. */
export type ProcessRole = ClusterRole | 'all';
