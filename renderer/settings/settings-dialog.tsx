import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import '../styles/mantine-forms.ts';
import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RefObject } from 'react';
import { useMonitor } from '../api/monitor-context.ts';
import classes from './settings-form.module.css';
import { SettingsForm } from './settings-form.tsx';
import { settingsQuery } from './settings-query.ts';

export type SettingsDialogProps = {
  readonly hasUnsaved: RefObject<boolean>;
  /** Whether the user is asked to discard unsaved changes. */
  readonly isLeaving: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
  readonly onStay: () => void;
  readonly onDiscard: () => void;
};

/** The `<header>` of a modal is not the page's banner. */
const NO_BANNER = { header: { role: 'none' } };
const DIALOG = { content: classes.dialog ?? '' };

/** The settings dialog. */
export function SettingsDialog(props: SettingsDialogProps) {
  const { hasUnsaved, isLeaving, onClose, onDone, onStay, onDiscard } = props;
  const { data: view, error, failureReason } = useQuery(settingsQuery(useMonitor().client));
  const trouble = error ?? failureReason;
  return (
    // Only the top modal of a stack handles keys: the Escape that opens the question must not answer it.
    <Modal.Stack>
      <Modal
        stackId="settings"
        opened
        onClose={onClose}
        title={t('settings.title')}
        size={640}
        closeButtonProps={{ 'aria-label': t('settings.close') }}
        transitionProps={{ duration: 120 }}
        attributes={NO_BANNER}
        classNames={DIALOG}
      >
        {view !== undefined ? (
          <SettingsForm view={view} hasUnsaved={hasUnsaved} onDone={onDone} onClose={onClose} />
        ) : (
          <p role="status">
            {trouble === null ? t('page.loading') : t('settings.unreadable', { reason: messageOf(trouble) })}
          </p>
        )}
      </Modal>
      <Modal
        stackId="question"
        opened={isLeaving}
        onClose={onStay}
        title={t('settings.discard-title')}
        size={400}
        withCloseButton={false}
        transitionProps={{ duration: 120 }}
        attributes={NO_BANNER}
        classNames={DIALOG}
      >
        <p className={classes.question}>{t('settings.discard-why')}</p>
        <div className={classes.footer}>
          <Button variant="default" onClick={onDiscard}>
            {t('settings.discard')}
          </Button>
          <Button variant="default" data-autofocus onClick={onStay}>
            {t('settings.keep-editing')}
          </Button>
        </div>
      </Modal>
    </Modal.Stack>
  );
}
