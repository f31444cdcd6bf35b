import { useRef, useState } from 'react';
import type { SettingsDialogProps } from '../settings/settings-dialog.tsx';

type SettingsState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open' }
  /** The user is asked whether to drop what is not saved, and go on with `then`. */
  | { readonly kind: 'leaving'; readonly then: () => void };

/** The settings dialog as the page sees it: it is not left before the user has agreed to lose what is not saved. */
export function useSettingsDialog() {
  const [state, setState] = useState<SettingsState>({ kind: 'closed' });
  const hasUnsaved = useRef(false);
  /** What had the keyboard before; it gets it back. */
  const opener = useRef<Element | null>(null);

  const open = (): void => {
    if (state.kind !== 'closed') return;
    opener.current = document.activeElement;
    setState({ kind: 'open' });
  };

  const close = (): void => {
    setState({ kind: 'closed' });
    hasUnsaved.current = false;
    const element = opener.current;
    // When the dialog is gone: it keeps the keyboard within.
    if (element instanceof HTMLElement) setTimeout(() => element.focus());
  };

  /** Closes the dialog and calls `then`, at once or when the user has agreed. */
  const leave = (then: () => void): void => {
    if (state.kind !== 'closed' && hasUnsaved.current) setState({ kind: 'leaving', then });
    else then();
  };

  const dialog: SettingsDialogProps = {
    hasUnsaved,
    isLeaving: state.kind === 'leaving',
    onClose: () => leave(close),
    onDone: close,
    onStay: () => setState({ kind: 'open' }),
    onDiscard: () => state.kind === 'leaving' && state.then(),
  };

  return {
    isOpen: state.kind !== 'closed',
    open,
    /** For another place on the page, which gets the keyboard. */
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
