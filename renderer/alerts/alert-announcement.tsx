import { useEffect, useState } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { text } from '../../shared/messages/message.ts';
import { useMonitor } from '../api/monitor-context.ts';
import classes from './alert-panel.module.css';

/** Announces each new alert to screen readers. The list is not a live region, because scrolling adds and removes its rows. */
export function AlertAnnouncement() {
  const { client } = useMonitor();
  const [alert, setAlert] = useState<Alert | null>(null);
  useEffect(() => client.on('alert', setAlert), [client]);
  return (
    <p className={classes.announcement} role="status">
      {alert !== null && `${formatCoinName(alert.coinId)}: ${text(alertMessage(alert))}`}
    </p>
  );
}
