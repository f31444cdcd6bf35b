import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import classes from './transfer.module.css';

type TransferFooterProps = {
  /** The progress while it is running. */
  readonly progress: string | null;
  readonly outcome: ReactNode;
  /** The error if it failed; otherwise null. */
  readonly error: unknown;
  readonly isRunning: boolean;
  readonly onCancel: () => void;
  /** The button that starts the transfer. */
  readonly children: ReactNode;
};

/** The outcome or the progress of an export, import or backup, and the buttons. */
export function TransferFooter(props: TransferFooterProps) {
  const { progress, outcome, error, isRunning, onCancel, children } = props;
  const isFailed = error !== null;
  return (
    <>
      <div
        className={classes.outcome}
        role={isFailed ? 'alert' : 'status'}
        data-failed={isFailed || undefined}
        data-testid="transfer-outcome"
      >
        {isFailed ? <p>{textOfError(error)}</p> : outcome}
      </div>
      <div className={classes.footer}>
        <p className={classes.progress} data-testid="transfer-progress">
          {isRunning && progress}
        </p>
        {isRunning && (
          <Button variant="default" onClick={onCancel}>
            {t('transfer.cancel')}
          </Button>
        )}
        {children}
      </div>
    </>
  );
}
