import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import classes from './transfer.module.css';

type TransferFooterProps = {
  /** How far it is, while it runs. */
  readonly progress: string | null;
  readonly outcome: ReactNode;
  /** What it failed for; null when it did not. */
  readonly error: unknown;
  readonly isRunning: boolean;
  readonly onCancel: () => void;
  /** The button that starts it. */
  readonly children: ReactNode;
};

/** What came of an export or import, how far the running one is, and the buttons. */
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
