import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChannelView } from '../../shared/contract/channel-view.ts';
import type { ChannelTest } from '../../shared/domain/channel.ts';
import type { FailureKind } from '../../shared/domain/delivery.ts';
import { asSentence } from '../../shared/format/as-sentence.ts';
import { t, text } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { useMutes } from '../quiet/use-mutes.ts';
import classes from './channels.module.css';
import { CHANNELS_KEY } from './channels-query.ts';
import { describeChannel } from './describe-channel.ts';
import { kindName } from './kind-name.ts';

type ChannelRowProps = { readonly channel: ChannelView; readonly onEdit: () => void };

/** A channel: its state, why it fails and what to do about it, and its actions. */
export function ChannelRow({ channel, onEdit }: ChannelRowProps) {
  const { id, kind, state, dead, problem, setting } = channel;
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  const words = useMonitorTime((now) => JSON.stringify(describeChannel(channel, now)));
  const { tone, state: stateWord, details } = JSON.parse(words) as ReturnType<typeof describeChannel>;
  const [isRemoving, setRemoving] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: CHANNELS_KEY });
  const test = useMutation({
    networkMode: 'always',
    mutationFn: () => client.call('channels.test', { id }),
    onSettled: refresh,
  });
  const again = useMutation({
    networkMode: 'always',
    mutationFn: () => client.call('channels.send-again', { id }),
    onSettled: refresh,
  });
  const removal = useMutation({
    networkMode: 'always',
    mutationFn: () => client.call('channels.remove', { id }),
    onSuccess: (left) => queryClient.setQueryData(CHANNELS_KEY, left),
  });
  const failed = test.error ?? again.error ?? removal.error;
  const { failure: testFailure = null, durationMs } = test.data ?? {};
  const isTrouble = failed !== null || testFailure !== null;

  const { muteOf, setMuted, isChanging } = useMutes();
  const isMuted = muteOf({ channel: id }) !== undefined;
  return (
    <li className={classes.row} data-testid={`channel-${id}`}>
      <div className={classes.head}>
        <strong>{setting === null ? kindName(id) : id}</strong>
        <span className={classes.kind}>{setting === null ? t('channels.built-in') : kindName(kind)}</span>
        <span className={classes.state} data-tone={tone}>
          {stateWord}
        </span>
      </div>
      {details.length > 0 && <p className={classes.details}>{details.join(' · ')}</p>}
      {problem !== null && <p className={classes.trouble}>{text(problem)}</p>}
      {state?.failure && (
        <p className={classes.trouble}>
          {asSentence(text(state.failure.message))}{' '}
          <span>{t('channels.what-to-do', { kind: state.failure.kind })}</span>
        </p>
      )}
      {dead > 0 && (
        <p className={classes.trouble}>
          {t('channels.dead-letters', { count: dead })}{' '}
          <Button
            size="compact-xs"
            variant="default"
            loading={again.isPending}
            onClick={() => again.mutate()}
          >
            {t('channels.send-again', { count: dead })}
          </Button>
        </p>
      )}
      <p className={classes.outcome} data-trouble={isTrouble || undefined} role="status">
        {failed !== null && textOfError(failed)}
        {test.data !== undefined &&
          (testFailure === null
            ? t('channels.tested', { durationMs: Math.round(durationMs ?? 0) })
            : testWords(testFailure, state?.failure?.kind))}
        {again.data !== undefined && t('channels.sent-again', again.data)}
      </p>
      <div className={classes.actions}>
        {state !== null && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('channels.test-named', { id })}
            loading={test.isPending}
            onClick={() => test.mutate()}
          >
            {t('channels.test')}
          </Button>
        )}
        {(state !== null || isMuted) && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t(isMuted ? 'mutes.unmute-named' : 'mutes.mute-named', { what: id })}
            disabled={isChanging}
            onClick={() => setMuted({ channel: id }, !isMuted)}
          >
            {t(isMuted ? 'mutes.unmute' : 'mutes.mute')}
          </Button>
        )}
        {setting !== null && (
          <>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('channels.edit-named', { id })}
              onClick={onEdit}
            >
              {t('channels.edit')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={isRemoving ? undefined : t('channels.remove-named', { id })}
              loading={removal.isPending}
              onBlur={() => setRemoving(false)}
              onClick={() => (isRemoving ? removal.mutate() : setRemoving(true))}
            >
              {isRemoving
                ? t('channels.remove-really', { waiting: state?.waiting ?? 0 })
                : t('channels.remove')}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

/** Why a test failed, and what to do about it unless the row already shows that for the channel. */
function testWords(
  { message, kind }: NonNullable<ChannelTest['failure']>,
  shown: FailureKind | undefined,
): string {
  const words = asSentence(t('channels.test-failed', { reason: message }));
  return kind === shown ? words : `${words} ${t('channels.what-to-do', { kind })}`;
}
