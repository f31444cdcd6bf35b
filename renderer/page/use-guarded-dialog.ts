import { useCallback, useRef, useState } from 'react';
import type { GuardedDialogProps } from '../parts/guarded-dialog.tsx';

type DialogState<Start> =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly start: Start }
  /** The user is asked whether to discard unsaved changes and continue with `then`. */
  | { readonly kind: 'leaving'; readonly start: Start; readonly then: () => void };

/**
 * The state of a dialog. It is not closed with unsaved changes unless the user confirms.
 *
 * `Start` is the type of what it is opened with.
 */
export function useGuardedDialog<Start>() {
  const [state, setState] = useState<DialogState<Start>>({ kind: 'closed' });
  const hasUnsaved = useRef(false);
  const isOpen = useRef(false);
  /** The element that had the focus before, and gets it back when the dialog is closed. */
  const opener = useRef<Element | null>(null);

  const open = useCallback((start: Start): void => {
    if (isOpen.current) return;
    isOpen.current = true;
    opener.current = document.activeElement;
    setState({ kind: 'open', start });
  }, []);

  const close = (): void => {
    setState({ kind: 'closed' });
    isOpen.current = false;
    hasUnsaved.current = false;
    const element = opener.current;
    // After the dialog is removed, because it traps the focus.
    if (element instanceof HTMLElement) setTimeout(() => element.focus());
  };

  const stay = (): void => {
    if (state.kind === 'leaving') setState({ kind: 'open', start: state.start });
  };

  /** Calls `then`, immediately or after the user's confirmation. */
  const leave = (then: () => void): void => {
    if (state.kind !== 'closed' && hasUnsaved.current)
      setState({ kind: 'leaving', start: state.start, then });
    else then();
  };

  const dialog: GuardedDialogProps = {
    hasUnsaved,
    isLeaving: state.kind === 'leaving',
    onClose: () => leave(close),
    onDone: close,
    onLeave: leave,
    onStay: stay,
    onDiscard() {
      if (state.kind !== 'leaving') return;
      hasUnsaved.current = false;
      stay();
      state.then();
    },
  };

  return {
    /** What the dialog was opened with; null while it is closed. */
    start: state.kind === 'closed' ? null : state.start,
    isOpen: state.kind !== 'closed',
    open,
    /** Closes the dialog to show something else, which gets the focus. */
    leaveFor(show: () => void) {
      leave(() => {
        opener.current = null;
        close();
        show();
      });
    },
    dialog,
  };
}
