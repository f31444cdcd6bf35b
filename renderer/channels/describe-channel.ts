import type { ChannelView } from '../../shared/contract/channel-view.ts';
import { formatAge } from '../../shared/format/age.ts';
import { t } from '../../shared/messages/message.ts';

export type ChannelDescription = {
  readonly tone: 'good' | 'bad' | 'quiet';
  /** The state in a word or two. */
  readonly state: string;
  /** Further facts, one in each item. */
  readonly details: readonly string[];
};

/** The state of a channel as text: "Ready" until it has delivered an alert, then "Working". */
export function describeChannel({ enabled, state, problem }: ChannelView, now: number): ChannelDescription {
  // A built-in channel stays open if the setting that would replace it is disabled.
  if (state === null) {
    if (!enabled) return { tone: 'quiet', state: t('channels.off'), details: [] };
    if (problem === null) return { tone: 'quiet', state: t('channels.not-open'), details: [] };
    return { tone: 'bad', state: t('channels.wrong'), details: [] };
  }
  const { failure, lastDeliveredAt, held } = state;
  const waiting = state.waiting - held;
  const waits = [
    ...(waiting === 0 ? [] : [t('channels.waiting', { count: waiting })]),
    ...(held === 0 ? [] : [t('channels.held', { count: held })]),
  ];
  if (failure !== null) {
    const since = t('channels.since', { age: formatAge(now - failure.since), attempts: failure.attempts });
    return { tone: 'bad', state: t('channels.failing'), details: [since, ...waits] };
  }
  if (lastDeliveredAt === null) {
    return { tone: 'quiet', state: t('channels.ready'), details: [t('channels.unused'), ...waits] };
  }
  const last = t('channels.last', { age: formatAge(now - lastDeliveredAt) });
  return { tone: 'good', state: t('channels.working'), details: [last, ...waits] };
}
