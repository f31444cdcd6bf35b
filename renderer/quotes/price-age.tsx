import { formatAge } from '../../shared/format.ts';
import { formatExact } from '../time/local-time.ts';
import { useMonitorTime } from '../time/use-monitor-time.ts';
import classes from './price-age.module.css';

type PriceAgeProps = {
  readonly observedAt: number;
  readonly isOld: boolean;
  /** Why the price does not get younger, or null. */
  readonly outage: string | null;
};

/** How old a price is, counted on each second. */
export function PriceAge({ observedAt, isOld, outage }: PriceAgeProps) {
  const age = useMonitorTime((now) => formatAge(now - observedAt));
  const isWarning = isOld || outage !== null;
  return (
    <time
      className={classes.age}
      data-warning={isWarning || undefined}
      dateTime={new Date(observedAt).toISOString()}
      title={formatExact(observedAt)}
    >
      {isWarning && <span aria-hidden="true">⚠ </span>}
      {outage !== null && `${outage} · `}
      {age}
      {isWarning ? ' old' : ' ago'}
    </time>
  );
}
