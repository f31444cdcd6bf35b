import type { Status } from '../../shared/domain/status.ts';
import { formatSource } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useConnection } from '../api/use-connection.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { BudgetPart } from './budget-part.tsx';
import {
  describeAlertsFile,
  describeBackfill,
  describeDatabase,
  describeExchanges,
  describeFeed,
  describeQueue,
  describeReplica,
  type StatusDescription,
} from './describe-status.ts';
import classes from './status-line.module.css';

const PROVIDER = formatSource('coingecko');

/** The states of the program's parts (feed, exchanges, database, …), at the bottom of the page. */
export function StatusLine() {
  const status = useSnapshot((snapshot) => snapshot.status);
  const pollSeconds =
    useSnapshot((snapshot) => snapshot.status.budget?.intervalSeconds ?? snapshot.pollSeconds) ?? 60;
  const connection = useConnection();
  const isCutOff = connection === 'lost' || connection === 'expired';
  const version = useSnapshot((snapshot) => snapshot.version);
  return (
    <footer className={classes.line} data-testid="status-line" data-cut-off={isCutOff || undefined}>
      {status !== undefined && (
        <>
          {isCutOff && <span className={classes.label}>{t('page.last-known')}</span>}
          <FeedPart feed={status.feed} pollSeconds={pollSeconds} />
          {status.exchanges !== undefined && <ExchangesPart exchanges={status.exchanges} />}
          {status.budget !== undefined && <BudgetPart budget={status.budget} />}
          {status.backfill !== undefined && (
            <Part name="backfill" words={describeBackfill(status.backfill)} />
          )}
          <DatabasePart database={status.database} queue={status.queue} />
          {status.replica !== undefined && <Part name="replica" words={describeReplica(status.replica)} />}
          <QueuePart database={status.database} queue={status.queue} />
          {status.alertsFile !== undefined && (
            <Part
              name="alerts-file"
              label={t('page.alerts-to')}
              words={describeAlertsFile(status.alertsFile)}
            />
          )}
        </>
      )}
      {version !== undefined && <span className={classes.version}>{version}</span>}
    </footer>
  );
}

type FeedPartProps = {
  readonly feed: Status['feed'];
  readonly pollSeconds: number;
};

function FeedPart({ feed, pollSeconds }: FeedPartProps) {
  const text = useMonitorTime((now) => describeFeed(feed, { now, pollSeconds, provider: PROVIDER }).text);
  const { tone } = describeFeed(feed, { now: 0, pollSeconds, provider: PROVIDER });
  return <Part name="feed" words={{ tone, text }} />;
}

function ExchangesPart({ exchanges }: { readonly exchanges: NonNullable<Status['exchanges']> }) {
  const words = describeExchanges(exchanges);
  return words === null ? null : <Part name="exchanges" words={words} />;
}

function DatabasePart({ database, queue }: Pick<Status, 'database' | 'queue'>) {
  const text = useMonitorTime((now) => describeDatabase(database, queue, now).text);
  const { tone } = describeDatabase(database, queue, 0);
  return <Part name="database" words={{ tone, text }} />;
}

function QueuePart({ database, queue }: Pick<Status, 'database' | 'queue'>) {
  const words = describeQueue(queue, database);
  return words === null ? null : <Part name="queue" words={words} />;
}

type PartProps = { readonly name: string; readonly label?: string; readonly words: StatusDescription };

function Part({ name, label, words: { tone, text } }: PartProps) {
  return (
    <span className={classes.part} data-part={name} data-tone={tone} title={text}>
      {label !== undefined && <span className={classes.label}>{label}</span>}
      {text}
    </span>
  );
}
