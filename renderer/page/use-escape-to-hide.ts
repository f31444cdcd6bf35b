import { useEffect, useEffectEvent } from 'react';

/**
 * Escape hides the window of the desktop app; in a browser it does nothing. It stays with whoever has another use for it:
 * an open dialog, or a field that is being typed in.
 *
 * The host is asked to hide it: `window.close()` of a sandboxed page destroys its window without the `close` event that
 * would keep it (https://github.com/electron/electron/issues/28215).
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
    // Heard before the dialog, which would be closed by the time that the key has come up to the window.
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, []);
}
