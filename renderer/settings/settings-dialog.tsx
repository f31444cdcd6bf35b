import '../styles/mantine-forms.ts';
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMonitor } from '../api/monitor-context.ts';
import { SettingsForm } from './settings-form.tsx';
import { settingsQuery } from './settings-query.ts';

/** The dialog in which the program is set up. */
export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { data: view, error } = useQuery(settingsQuery(useMonitor().client));
  return (
    <Modal
      opened
      onClose={onClose}
      title="Settings"
      size={640}
      closeButtonProps={{ 'aria-label': 'Close settings' }}
      transitionProps={{ duration: 120 }}
    >
      {view !== undefined ? (
        <SettingsForm view={view} onClose={onClose} />
      ) : (
        <p role="status">{error === null ? 'Loading…' : `Settings cannot be read: ${error.message}`}</p>
      )}
    </Modal>
  );
}
