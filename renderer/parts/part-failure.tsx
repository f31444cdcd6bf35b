import classes from './part-failure.module.css';

type PartFailureProps = {
  readonly name: string;
  readonly reason: string;
  /** Whether the program is unreachable, so that the page cannot be reloaded either. */
  readonly isCutOff: boolean;
  readonly onRetry: () => void;
  readonly onClose: (() => void) | undefined;
};

/** Replaces a failed part of the page: the error, and what can be done. */
export function PartFailure({ name, reason, isCutOff, onRetry, onClose }: PartFailureProps) {
  return (
    <div className={classes.failure} role="alert" data-over={onClose !== undefined || undefined}>
      <p>{name} could not be shown.</p>
      <p>
        {isCutOff
          ? 'The program has ended or cannot be reached. This is tried again when it is back.'
          : reason}
      </p>
      <span className={classes.actions}>
        <button type="button" onClick={onRetry}>
          Try again
        </button>
        {!isCutOff && (
          <button type="button" onClick={() => window.location.reload()}>
            Reload the page
          </button>
        )}
        {onClose !== undefined && (
          <button type="button" onClick={onClose}>
            Close
          </button>
        )}
      </span>
    </div>
  );
}
