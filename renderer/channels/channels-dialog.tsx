import '../styles/mantine-forms.ts';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { GuardedDialog, type GuardedDialogProps } from '../parts/guarded-dialog.tsx';
import { QuietSection } from '../quiet/quiet-section.tsx';
import { ChannelForm } from './channel-form.tsx';
import { ChannelRow } from './channel-row.tsx';
import classes from './channels.module.css';
import { channelKindsQuery, channelsQuery } from './channels-query.ts';

/** Where alerts go: the list of channels with their states, and the form of one. */
export function ChannelsDialog(props: GuardedDialogProps) {
  const { hasUnsaved, onLeave } = props;
  const { client } = useMonitor();
  const { data: channels, error, failureReason } = useQuery(channelsQuery(client));
  const { data: kinds } = useQuery(channelKindsQuery(client));
  /** The id of the channel in the form; empty for a new one, null for the list. */
  const [edited, setEdited] = useState<string | null>(null);
  const showList = (): void => {
    hasUnsaved.current = false;
    setEdited(null);
  };
  const trouble = error ?? failureReason;
  const channel = channels?.find(({ id }) => id === edited) ?? null;
  const title =
    edited === null
      ? t('channels.title')
      : edited === ''
        ? t('channels.new-title')
        : t('channels.edit-title', { id: edited });
  return (
    <GuardedDialog
      {...props}
      title={title}
      closeLabel={t('channels.close')}
      question={t('channels.discard-why')}
      size={640}
    >
      {channels === undefined || kinds === undefined ? (
        <p role="status">
          {trouble === null ? t('page.loading') : t('channels.unreadable', { reason: messageOf(trouble) })}
        </p>
      ) : edited !== null ? (
        <ChannelForm
          key={edited}
          channel={channel}
          kinds={kinds}
          taken={channels.map(({ id }) => id).filter((id) => id !== edited)}
          hasUnsaved={hasUnsaved}
          onSaved={showList}
          onBack={() => onLeave(showList)}
        />
      ) : (
        <div className={classes.body}>
          <p className={classes.intro}>
            {t(channels.some(({ setting }) => setting !== null) ? 'channels.intro' : 'channels.empty')}
          </p>
          <QuietSection />
          <ul className={classes.list}>
            {channels.map((each) => (
              <ChannelRow key={each.id} channel={each} onEdit={() => setEdited(each.id)} />
            ))}
          </ul>
          <div className={classes.footer}>
            <Button
              variant="default"
              leftSection={<IconPlus size={16} />}
              onClick={() => setEdited('')}
              data-testid="add-channel"
            >
              {t('channels.add')}
            </Button>
          </div>
        </div>
      )}
    </GuardedDialog>
  );
}
