import { useQuery } from '@tanstack/react-query';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { GuardedDialog, type GuardedDialogProps } from '../parts/guarded-dialog.tsx';
import { SettingsForm } from './settings-form.tsx';
import { settingsQuery } from './settings-query.ts';

/** The settings dialog. */
export function SettingsDialog(props: GuardedDialogProps) {
  const { hasUnsaved, onClose, onDone } = props;
  const { data: view, error, failureReason } = useQuery(settingsQuery(useMonitor().client));
  const trouble = error ?? failureReason;
  return (
    <GuardedDialog
      {...props}
      title={t('settings.title')}
      closeLabel={t('settings.close')}
      question={t('settings.discard-why')}
      size={640}
    >
      {view !== undefined ? (
        <SettingsForm view={view} hasUnsaved={hasUnsaved} onDone={onDone} onClose={onClose} />
      ) : (
        <p role="status">
          {trouble === null ? t('page.loading') : t('settings.unreadable', { reason: messageOf(trouble) })}
        </p>
      )}
    </GuardedDialog>
  );
}
