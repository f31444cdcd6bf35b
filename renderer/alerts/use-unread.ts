import { useMutation, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useMonitor } from '../api/monitor-context.ts';
import { useReadOnly } from '../api/use-read-only.ts';
import { unreadQuery } from './unread-query.ts';

/** Alerts that are seen within this time are reported together. */
const COLLECT_MS = 400;
const NONE: readonly string[] = [];

/** The ids of unread alerts; none on a read-only page, which many people share. */
export function useUnreadIds(): readonly string[] {
  const isReadOnly = useReadOnly();
  const { data } = useQuery(unreadQuery(useMonitor().client));
  return isReadOnly ? NONE : (data?.alertIds ?? NONE);
}

/** The ids of unread alerts, for lookups. */
export function useUnreadSet(): ReadonlySet<string> {
  const ids = useUnreadIds();
  return useMemo(() => new Set(ids), [ids]);
}

/** The unread alerts, and a function to mark them as read, which the monitor reports to every page. */
export function useUnread() {
  const { client } = useMonitor();
  const hasUnread = useUnreadIds().length > 0;
  const { mutate } = useMutation({
    networkMode: 'always',
    mutationFn: (alertIds: readonly string[] | null) =>
      client.call('alerts.mark-read', { alertIds: alertIds && [...alertIds] }),
  });
  const seen = useRef<string[]>([]);
  const timer = useRef<number | undefined>(undefined);

  const onSeen = useCallback(
    (id: string): void => {
      seen.current.push(id);
      timer.current ??= window.setTimeout(() => {
        timer.current = undefined;
        mutate(seen.current.splice(0));
      }, COLLECT_MS);
    },
    [mutate],
  );
  useEffect(() => () => window.clearTimeout(timer.current), []);

  return { hasUnread, onSeen, markAll: () => mutate(null) };
}
