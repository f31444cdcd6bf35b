import { useMutation } from '@tanstack/react-query';
import type { Pause } from '../../shared/settings/pause.ts';
import { useMonitor } from '../api/monitor-context.ts';

/** Functions that pause and resume alerts. The status reports the result. */
export function usePause() {
  const { client } = useMonitor();
  const { mutate, error } = useMutation({
    networkMode: 'always',
    mutationFn: (pause: Pause | null) =>
      pause === null ? client.call('alerts.resume', {}) : client.call('alerts.pause', pause),
  });
  return { pause: (pause: Pause) => mutate(pause), resume: () => mutate(null), error };
}
