import { ApiError } from '../../shared/contract/api-error.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import classes from './chart-panel.module.css';

/** In the place of a chart that has no candles yet: that they are on their way, or why not. */
export function CoverText({ trouble }: { readonly trouble: Error | null }) {
  if (trouble === null) {
    return <div className={classes.loading} role="status" aria-label="Loading candles" />;
  }
  const comesBack = trouble instanceof ApiError && trouble.code === 'unavailable';
  return (
    <div className={classes.cover} role="status">
      <p>{comesBack ? 'Candles cannot be read right now.' : 'The candles could not be loaded.'}</p>
      <p>{textOfError(trouble)}</p>
      {comesBack && <p>Prices are still recorded; the chart appears by itself as soon as it can.</p>}
    </div>
  );
}
