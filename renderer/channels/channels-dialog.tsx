import '../styles/mantine-forms.ts';
import { Button, Modal } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { ChannelForm } from './channel-form.tsx';
import { ChannelRow } from './channel-row.tsx';
import classes from './channels.module.css';
import { channelKindsQuery, channelsQuery } from './channels-query.ts';

export type ChannelsDialogProps = { readonly onClose: () => void };

/** The `<header>` of a modal is not the page's banner. */
const NO_BANNER = { header: { role: 'none' } };

/** Where alerts go: the list of channels with their states, and the form of one. */
export function ChannelsDialog({ onClose }: ChannelsDialogProps) {
  const { client } = useMonitor();
  const { data: channels, error, failureReason } = useQuery(channelsQuery(client));
  const { data: kinds } = useQuery(channelKindsQuery(client));
  /** The id of the channel in the form; empty for a new one, null for the list. */
  const [edited, setEdited] = useState<string | null>(null);
  const trouble = error ?? failureReason;
  const channel = channels?.find(({ id }) => id === edited) ?? null;
  const title =
    edited === null
      ? t('channels.title')
      : edited === ''
        ? t('channels.new-title')
        : t('channels.edit-title', { id: edited });
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={640}
      // What was entered is not lost by a click beside the form.
      closeOnClickOutside={edited === null}
      closeButtonProps={{ 'aria-label': t('channels.close') }}
      transitionProps={{ duration: 120 }}
      attributes={NO_BANNER}
    >
      {channels === undefined || kinds === undefined ? (
        <p role="status">
          {trouble === null ? t('page.loading') : t('channels.unreadable', { reason: messageOf(trouble) })}
        </p>
      ) : edited !== null ? (
        <ChannelForm key={edited} channel={channel} kinds={kinds} onBack={() => setEdited(null)} />
      ) : (
        <div className={classes.body}>
          <p className={classes.intro}>
            {t(channels.some(({ setting }) => setting !== null) ? 'channels.intro' : 'channels.empty')}
          </p>
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
    </Modal>
  );
}
