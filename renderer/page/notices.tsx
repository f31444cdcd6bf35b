import { CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useConnection } from '../api/use-connection.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import classes from './notices.module.css';

/** What the user should know at once: a lost connection, and problems that the monitor names. */
export function Notices() {
  const connection = useConnection();
  const problems = useSnapshot((snapshot) => snapshot.status.problems) ?? [];
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const shown = problems.filter(({ id, message }) => !dismissed.has(`${id}: ${message}`));
  return (
    <div className={classes.notices} aria-live="assertive">
      {connection === 'lost' && (
        <p className={classes.notice} data-testid="connection-lost">
          Connection to the monitor lost; reconnecting… The prices below are the last that were heard.
        </p>
      )}
      {connection === 'expired' && (
        <p className={classes.notice} data-testid="key-expired">
          This page’s key has expired; open the URL that the program printed.
        </p>
      )}
      {shown.map(({ id, message }) => (
        <div className={classes.notice} key={id} data-testid="problem">
          <p>{message}</p>
          <CloseButton
            size="sm"
            aria-label="Dismiss"
            onClick={() => setDismissed((before) => new Set([...before, `${id}: ${message}`]))}
          />
        </div>
      ))}
    </div>
  );
}
