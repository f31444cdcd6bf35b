import { useSnapshot } from './use-snapshot.ts';

/** Whether nothing can be changed on this page: it shows an installation of several processes. */
export function useReadOnly(): boolean {
  return useSnapshot((snapshot) => snapshot.isReadOnly) ?? false;
}
