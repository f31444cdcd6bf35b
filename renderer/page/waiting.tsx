import { useQuery } from '@tanstack/react-query';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { snapshotQuery } from '../api/snapshot-query.ts';
import classes from './waiting.module.css';

/** The page before its first snapshot: a placeholder, or the error. */
export function Waiting() {
  const { error, failureReason } = useQuery(snapshotQuery(useMonitor()));
  const trouble = error ?? failureReason;
  return (
    <main className={classes.waiting} aria-busy={trouble === null}>
      <p role="status">{trouble === null ? t('page.waiting') : textOfError(trouble)}</p>
    </main>
  );
}
