import { useEffect, useEffectEvent } from 'react';

/**
 * Escape hides the window of the desktop app; in a browser it does nothing. Other uses of the key take precedence: an open
 * dialog, or a field that is being edited.
 *
 * The host hides the window, because `window.close()` of a sandboxed page destroys it without the `close` event that
 * would prevent that (https://github.com/electron/electron/issues/28215).
 */
export function useEscapeToHide(isDialogOpen: boolean): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing || isDialogOpen) return;
    if (event.target instanceof HTMLInputElement) return;
    window.monitorBridge?.hideWindow?.();
  });

  useEffect(() => {
    if (window.monitorBridge?.hideWindow === undefined) return;
    const listener = (event: KeyboardEvent): void => onKeyDown(event);
    // In the capture phase, because the dialog is already closed when the key has bubbled to the window.
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, []);
}
