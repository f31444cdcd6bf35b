import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { t } from '../../shared/messages/message.ts';
import type { Mute, MuteSubject } from '../../shared/settings/mutes.ts';
import { useMonitor } from '../api/monitor-context.ts';

const MUTES_KEY = ['mutes'];
const HOUR_MS = 3_600_000;
/** The mutes are fetched regularly, because they expire. */
const REFRESH_MS = 30_000;
const NONE: readonly Mute[] = [];

/** The mutes, and a function that mutes for an hour or unmutes. They use real time, even if the monitor's clock runs faster. */
export function useMutes() {
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  const { data: mutes = NONE } = useQuery({
    queryKey: MUTES_KEY,
    queryFn: () => client.call('alerts.mutes', {}),
    refetchInterval: REFRESH_MS,
  });
  const changing = useMutation({
    networkMode: 'always',
    mutationFn: ({ subject, isMuted }: { readonly subject: MuteSubject; readonly isMuted: boolean }) =>
      isMuted
        ? client.call('alerts.mute', { ...subject, until: new Date(Date.now() + HOUR_MS).toISOString() })
        : client.call('alerts.unmute', subject),
    onSuccess: (changed) => queryClient.setQueryData(MUTES_KEY, changed),
  });
  return {
    mutes,
    /** The mute of exactly this subject. */
    muteOf: (subject: MuteSubject): Mute | undefined => mutes.find((mute) => isOf(mute, subject)),
    setMuted: (subject: MuteSubject, isMuted: boolean) => changing.mutate({ subject, isMuted }),
    isChanging: changing.isPending,
    error: changing.error,
  };
}

function isOf(mute: MuteSubject, { coin, rule, channel }: MuteSubject): boolean {
  return mute.coin === coin && mute.rule === rule && mute.channel === channel;
}

/** The subject of a mute as text: `Bitcoin, rule rsi, channel team`. */
export function muteSubjectText({ coin, rule, channel }: MuteSubject): string {
  return t('mutes.subject', { coin: coin ?? null, rule: rule ?? null, channel: channel ?? null });
}
