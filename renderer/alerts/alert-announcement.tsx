import { useEffect, useState } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { text } from '../../shared/messages/message.ts';
import { useMonitor } from '../api/monitor-context.ts';
import classes from './alert-panel.module.css';

/** Says the newest alert to a screen reader when it arrives. The list itself is silent: its rows come and go as it is scrolled. */
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
