import { type RefObject, useEffect, useRef, useState } from 'react';

/** The state of the current or last export or import. */
export type TransferState<Progress, Outcome> = {
  readonly progress: Progress | null;
  readonly outcome: Outcome | null;
  /** The error of the last one; null if it did not fail. */
  readonly error: unknown;
  readonly isRunning: boolean;
  /** Whether the last one was stopped by the user. */
  readonly isCancelled: boolean;
};

const IDLE = { progress: null, outcome: null, error: null, isRunning: false, isCancelled: false } as const;

/**
 * Runs one export or import at a time. It is stopped when the dialog is closed.
 *
 * @param hasUnsaved set to whether one is running, so that closing the dialog needs a confirmation
 */
export function useTransfer<Progress, Outcome>(hasUnsaved: RefObject<boolean>) {
  const [state, setState] = useState<TransferState<Progress, Outcome>>(IDLE);
  const stopping = useRef<AbortController | null>(null);

  useEffect(() => () => stopping.current?.abort(), []);

  const start = async (
    work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Outcome>,
  ): Promise<void> => {
    const controller = new AbortController();
    stopping.current = controller;
    hasUnsaved.current = true;
    setState({ ...IDLE, isRunning: true });
    try {
      const outcome = await work(controller.signal, (progress) =>
        setState((before) => ({ ...before, progress })),
      );
      setState({ ...IDLE, outcome });
    } catch (error) {
      const isCancelled = controller.signal.aborted;
      setState({ ...IDLE, isCancelled, error: isCancelled ? null : error });
    } finally {
      hasUnsaved.current = false;
    }
  };
  return { ...state, start, cancel: () => stopping.current?.abort() };
}
