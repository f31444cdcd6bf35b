import type { ReactNode } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useConnection } from '../api/use-connection.ts';
import { PartFailure, type PartName } from './part-failure.tsx';

type PartBoundaryProps = {
  readonly part: PartName;
  /** The part is rendered again when one of these changes, and after a reconnection. */
  readonly resetKeys?: readonly unknown[];
  readonly onReset?: () => void;
  /** For a part that can be closed. */
  readonly onClose?: (() => void) | undefined;
  readonly children: ReactNode;
};

/** Contains the failure of a part of the page, and offers a retry in its place. */
export function PartBoundary({ part, resetKeys = [], onReset, onClose, children }: PartBoundaryProps) {
  const connection = useConnection();
  return (
    <ErrorBoundary
      resetKeys={[connection, ...resetKeys]}
      onReset={() => onReset?.()}
      onError={(error) => console.error(`The part "${part}" of the page failed.`, error)}
      fallbackRender={({ error, resetErrorBoundary }) => (
        <PartFailure
          part={part}
          reason={textOfError(error)}
          isCutOff={connection !== 'connected'}
          onRetry={resetErrorBoundary}
          onClose={onClose}
        />
      )}
    >
      {children}
    </ErrorBoundary>
  );
}
