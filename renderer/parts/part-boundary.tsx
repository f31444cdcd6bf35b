import type { ReactNode } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useConnection } from '../api/use-connection.ts';
import { PartFailure } from './part-failure.tsx';

type PartBoundaryProps = {
  /** The name of the part at the beginning of a sentence: `The chart`. */
  readonly name: string;
  /** The part is rendered again when one of these changes, and after a reconnection. */
  readonly resetKeys?: readonly unknown[];
  readonly onReset?: () => void;
  /** For a part that can be closed. */
  readonly onClose?: (() => void) | undefined;
  readonly children: ReactNode;
};

/** Contains the failure of a part of the page, and offers a retry in its place. */
export function PartBoundary({ name, resetKeys = [], onReset, onClose, children }: PartBoundaryProps) {
  const connection = useConnection();
  return (
    <ErrorBoundary
      resetKeys={[connection, ...resetKeys]}
      onReset={() => onReset?.()}
      onError={(error) => console.error(`${name} failed.`, error)}
      fallbackRender={({ error, resetErrorBoundary }) => (
        <PartFailure
          name={name}
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
