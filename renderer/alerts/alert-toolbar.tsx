import { ActionIcon } from '@mantine/core';
import { IconChecks, IconDownload, IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import type { AlertFilter } from '../../shared/domain/alert-query.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { saveFile } from '../parts/save-file.ts';
import classes from './alert-panel.module.css';
import { csvOfAlerts, readAllAlerts } from './alerts-csv.ts';

type AlertToolbarProps = {
  readonly filter: AlertFilter;
  readonly isFilterShown: boolean;
  readonly hasUnread: boolean;
  readonly onToggleFilter: () => void;
  readonly onMarkAll: () => void;
};

/** The heading of the alerts, with the actions on the list. */
export function AlertToolbar(props: AlertToolbarProps) {
  const { filter, isFilterShown, hasUnread, onToggleFilter, onMarkAll } = props;
  const { client } = useMonitor();
  const [progress, setProgress] = useState<string | null>(null);
  const parts = Object.keys(filter).length;

  const save = async (): Promise<void> => {
    setProgress(t('alerts.reading', { count: 0 }));
    try {
      const alerts = await readAllAlerts(client, filter, (count) =>
        setProgress(t('alerts.reading', { count })),
      );
      saveFile('alerts.csv', new Blob([csvOfAlerts(alerts)], { type: 'text/csv' }));
      setProgress(null);
    } catch (error) {
      setProgress(t('alerts.not-saved', { reason: messageOf(error) }));
    }
  };

  const button = (label: string, onClick: () => void) => ({
    'aria-label': label,
    title: label,
    onClick,
    variant: 'subtle',
    color: 'gray',
    size: 'sm',
  });
  return (
    <header className={classes.head}>
      <h2 id="alerts-heading">{t('alerts.title')}</h2>
      <span className={classes.tools}>
        <ActionIcon {...button(t('alerts.mark-all'), onMarkAll)} disabled={!hasUnread}>
          <IconChecks size={16} stroke={1.6} />
        </ActionIcon>
        <ActionIcon {...button(t('alerts.save-csv'), () => void save())}>
          <IconDownload size={16} stroke={1.6} />
        </ActionIcon>
        <ActionIcon
          {...button(
            parts === 0 ? t('alerts.filter') : t('alerts.filter-set', { count: parts }),
            onToggleFilter,
          )}
          variant={parts > 0 ? 'light' : 'subtle'}
          aria-expanded={isFilterShown}
          aria-controls="alert-filter"
        >
          <IconFilter size={16} stroke={1.6} />
        </ActionIcon>
      </span>
      {progress !== null && (
        <p className={classes.progress} role="status">
          {progress}
        </p>
      )}
    </header>
  );
}
