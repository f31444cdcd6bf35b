import type { FallbackProps } from 'react-error-boundary';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useConnection } from '../api/use-connection.ts';
import { PartFailure } from '../parts/part-failure.tsx';

/** Replaces the whole page after an error outside of the boundaries of its parts. */
export function PageFailure({ error, resetErrorBoundary }: FallbackProps) {
  const connection = useConnection();
  return (
    <PartFailure
      part="page"
      reason={textOfError(error)}
      isCutOff={connection !== 'connected'}
      onRetry={resetErrorBoundary}
      onClose={undefined}
    />
  );
}
