import { formatAge } from '../../shared/format/age.ts';
import { formatExact } from '../../shared/format/local-time.ts';
import { formatSource } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import classes from './price-age.module.css';

/** The source of most prices, which is shown only in the tooltip. */
const USUAL_SOURCE = 'coingecko';

type PriceAgeProps = {
  readonly observedAt: number;
  /** The source of the price. */
  readonly source: string;
  readonly isOld: boolean;
  /** Why no newer price is expected, or null. */
  readonly outage: string | null;
};

/** The age of a price, updated each second. */
export function PriceAge({ observedAt, source, isOld, outage }: PriceAgeProps) {
  const isWarning = isOld || outage !== null;
  return (
    <time
      className={classes.age}
      data-warning={isWarning || undefined}
      dateTime={new Date(observedAt).toISOString()}
      data-source={source}
      title={`${formatSource(source)}, ${formatExact(observedAt)}`}
    >
      {isWarning && <span aria-hidden="true">⚠ </span>}
      {source !== USUAL_SOURCE && `${formatSource(source)} · `}
      {outage !== null && `${outage} · `}
      <Age observedAt={observedAt} isWarning={isWarning} />
    </time>
  );
}

/** The only component that is rendered every second. */
function Age({ observedAt, isWarning }: { readonly observedAt: number; readonly isWarning: boolean }) {
  const age = useMonitorTime((now) => formatAge(now - observedAt));
  return t(isWarning ? 'quotes.old' : 'quotes.ago', { age });
}
