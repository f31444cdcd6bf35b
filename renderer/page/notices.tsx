import { CloseButton } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Problem } from '../../shared/domain/problem.ts';
import { t, text } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { useConnection } from '../api/use-connection.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { PauseNotice } from '../quiet/pause-notice.tsx';
import classes from './notices.module.css';

/** Notices at the top: a lost connection, the problems that the monitor reports, and further ones of the page. */
export function Notices({ children }: { readonly children: ReactNode }) {
  const connection = useConnection();
  const problems = useSnapshot((snapshot) => snapshot.status.problems) ?? [];
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const shown = problems.filter((problem) => !dismissed.has(keyOf(problem)));
  return (
    <div className={classes.notices} aria-live="assertive">
      {connection === 'lost' && (
        <p className={classes.notice} data-testid="connection-lost">
          {t('page.connection-lost')}
        </p>
      )}
      {connection === 'expired' && (
        <p className={classes.notice} data-testid="key-expired">
          {t('page.key-expired')}
        </p>
      )}
      <PauseNotice className={classes.notice} />
      {children}
      {shown.map((problem) => (
        <ProblemNotice
          key={problem.id}
          problem={problem}
          onDismiss={() => setDismissed((before) => new Set([...before, keyOf(problem)]))}
        />
      ))}
    </div>
  );
}

/** A dismissed problem is shown again when its message changes. */
const keyOf = ({ id, message }: Problem): string => `${id}: ${text(message)}`;

type ProblemNoticeProps = { readonly problem: Problem; readonly onDismiss: () => void };

/** One problem. A stored one is dismissed through the monitor, which would otherwise report it again at the next start. */
function ProblemNotice({ problem: { id, message, isKept }, onDismiss }: ProblemNoticeProps) {
  const { client } = useMonitor();
  const dismissal = useMutation({ mutationFn: () => client.call('notices.dismiss', { id }) });
  return (
    <div className={classes.notice} data-testid="problem">
      <p>
        {text(message)}
        {dismissal.error && ` ${t('page.not-dismissed', { reason: messageOf(dismissal.error) })}`}
      </p>
      <CloseButton
        size="sm"
        aria-label={t('page.dismiss')}
        onClick={() => (isKept ? dismissal.mutate() : onDismiss())}
      />
    </div>
  );
}
