import { ApiError } from '../../shared/contract/api-error.ts';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import classes from './chart-panel.module.css';

/** The placeholder of a chart without candles: loading, or the error. */
export function CoverText({ trouble }: { readonly trouble: Error | null }) {
  if (trouble === null) {
    return <div className={classes.loading} role="status" aria-label={t('chart.loading-candles')} />;
  }
  const comesBack = trouble instanceof ApiError && trouble.code === 'unavailable';
  return (
    <div className={classes.cover} role="status">
      <p>{t(comesBack ? 'chart.unreadable' : 'chart.not-loaded')}</p>
      <p>{textOfError(trouble)}</p>
      {comesBack && <p>{t('chart.comes-back')}</p>}
    </div>
  );
}
