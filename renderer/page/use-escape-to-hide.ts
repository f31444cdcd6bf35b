import { useEffect, useEffectEvent } from 'react';

/**
 * Escape closes the window of the desktop app, which hides it; in a browser it does nothing. It stays with whoever has
 * another use for it: an open dialog, or a field that is being typed in.
 */
export function useEscapeToHide(isDialogOpen: boolean): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing || isDialogOpen) return;
    if (event.target instanceof HTMLInputElement) return;
    window.close();
  });

  useEffect(() => {
    if (window.monitorBridge === undefined) return;
    const listener = (event: KeyboardEvent): void => onKeyDown(event);
    // Heard before the dialog, which would be closed by the time that the key has come up to the window.
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, []);
}
