import type { ReactNode } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useConnection } from '../api/use-connection.ts';
import { PartFailure } from './part-failure.tsx';

type PartBoundaryProps = {
  /** The part, as a sentence begins: `The chart`. */
  readonly name: string;
  /** When one of these changes the part is tried again; so it is when the connection comes back. */
  readonly resetKeys?: readonly unknown[];
  readonly onReset?: () => void;
  /** Given for a part that can be done without for now. */
  readonly onClose?: (() => void) | undefined;
  readonly children: ReactNode;
};

/** Keeps a failure of a part of the page to that part, and offers a way on in its place. */
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
