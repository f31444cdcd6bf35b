import { useRef, useState } from 'react';
import type { SettingsDialogProps } from '../settings/settings-dialog.tsx';

type SettingsState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open' }
  /** The user is asked whether to discard unsaved changes and continue with `then`. */
  | { readonly kind: 'leaving'; readonly then: () => void };

/** The state of the settings dialog. It is not closed with unsaved changes unless the user confirms. */
export function useSettingsDialog() {
  const [state, setState] = useState<SettingsState>({ kind: 'closed' });
  const hasUnsaved = useRef(false);
  /** The element that had the focus before and gets it back. */
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
    // After the dialog is removed, because it traps the focus.
    if (element instanceof HTMLElement) setTimeout(() => element.focus());
  };

  /** Closes the dialog and calls `then`, at once or after the user's confirmation. */
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
    /** To show another place, which gets the focus. */
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
