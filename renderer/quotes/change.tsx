import { formatPct } from '../../shared/format/percent.ts';
import classes from './change.module.css';

type ChangeProps = { readonly pct: number; readonly label?: string };

/** A change in per cent with an arrow, a sign and a colour, each of which shows the direction. */
export function Change({ pct, label }: ChangeProps) {
  const text = formatPct(pct);
  // A change that rounds to zero has no direction.
  const tone = text.startsWith('+') ? 'up' : text.startsWith('−') ? 'down' : 'flat';
  return (
    <span className={classes.change}>
      <span className={classes.figure} data-tone={tone}>
        <span className={classes.arrow} aria-hidden="true">
          {{ up: '▲', down: '▼', flat: '•' }[tone]}
        </span>
        {text}
      </span>
      {label !== undefined && <span className={classes.label}>{label}</span>}
    </span>
  );
}
