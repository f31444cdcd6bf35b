import { type MessageParams, t } from '../../shared/messages/message.ts';
import classes from './part-failure.module.css';

/** A part of the page that can fail alone. */
export type PartName = MessageParams<'part.failed'>['part'];

type PartFailureProps = {
  readonly part: PartName;
  readonly reason: string;
  /** Whether the program is unreachable, so that the page cannot be reloaded either. */
  readonly isCutOff: boolean;
  readonly onRetry: () => void;
  readonly onClose: (() => void) | undefined;
};

/** Replaces a failed part of the page: the error, and what can be done. */
export function PartFailure({ part, reason, isCutOff, onRetry, onClose }: PartFailureProps) {
  return (
    <div className={classes.failure} role="alert" data-over={onClose !== undefined || undefined}>
      <p>{t('part.failed', { part })}</p>
      <p>{isCutOff ? t('part.cut-off') : reason}</p>
      <span className={classes.actions}>
        <button type="button" onClick={onRetry}>
          {t('part.retry')}
        </button>
        {!isCutOff && (
          <button type="button" onClick={() => window.location.reload()}>
            {t('part.reload')}
          </button>
        )}
        {onClose !== undefined && (
          <button type="button" onClick={onClose}>
            {t('page.close')}
          </button>
        )}
      </span>
    </div>
  );
}
