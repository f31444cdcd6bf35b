import { useMutation } from '@tanstack/react-query';
import type { Pause } from '../../shared/settings/pause.ts';
import { useMonitor } from '../api/monitor-context.ts';

/** What pauses and resumes alerts. That it happened comes back with the status. */
export function usePause() {
  const { client } = useMonitor();
  const { mutate, error } = useMutation({
    networkMode: 'always',
    mutationFn: (pause: Pause | null) =>
      pause === null ? client.call('alerts.resume', {}) : client.call('alerts.pause', pause),
  });
  return { pause: (pause: Pause) => mutate(pause), resume: () => mutate(null), error };
}
