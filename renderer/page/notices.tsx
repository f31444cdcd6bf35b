import { CloseButton } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Problem } from '../../shared/domain/problem.ts';
import { useMonitor } from '../api/monitor-context.ts';
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
      {shown.map((problem) => (
        <ProblemNotice
          key={problem.id}
          problem={problem}
          onDismiss={() =>
            setDismissed((before) => new Set([...before, `${problem.id}: ${problem.message}`]))
          }
        />
      ))}
    </div>
  );
}

type ProblemNoticeProps = { readonly problem: Problem; readonly onDismiss: () => void };

/** One problem. The monitor tells a kept one at every start, so it is the monitor that dismisses it. */
function ProblemNotice({ problem: { id, message, isKept }, onDismiss }: ProblemNoticeProps) {
  const { client } = useMonitor();
  const dismissal = useMutation({ mutationFn: () => client.call('notices.dismiss', { id }) });
  return (
    <div className={classes.notice} data-testid="problem">
      <p>
        {message}
        {dismissal.error && ` It could not be dismissed: ${dismissal.error.message}`}
      </p>
      <CloseButton
        size="sm"
        aria-label="Dismiss"
        onClick={() => (isKept ? dismissal.mutate() : onDismiss())}
      />
    </div>
  );
}
