import { useQuery } from '@tanstack/react-query';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { useMonitor } from './monitor-context.ts';
import { snapshotQuery } from './snapshot-query.ts';

/** A part of the snapshot; undefined before it has arrived. The component is rendered again when the part changes. */
export function useSnapshot<T>(select: (snapshot: Snapshot) => T): T | undefined {
  return useQuery({ ...snapshotQuery(useMonitor()), select }).data;
}
