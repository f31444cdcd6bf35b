import { type RefObject, useEffect, useEffectEvent } from 'react';

/** A line that is visible for this long counts as seen. */
const LOOK_MS = 1_200;
/** How much of it has to be on screen. */
const VISIBLE_SHARE = 0.6;

/**
 * Calls `onSeen` when the element has been on screen for a moment in a window that has the focus. A window behind others marks
 * nothing as read.
 */
export function useSeen(element: RefObject<Element | null>, isWanted: boolean, onSeen: () => void): void {
  const seen = useEffectEvent(onSeen);
  useEffect(() => {
    if (!isWanted || element.current === null) return;
    let isOnScreen = false;
    let timer: number | undefined;
    const look = (): void => {
      window.clearTimeout(timer);
      if (isOnScreen && document.visibilityState === 'visible' && document.hasFocus())
        timer = window.setTimeout(seen, LOOK_MS);
    };
    const observer = new IntersectionObserver(
      (entries) => {
        isOnScreen = entries.at(-1)?.isIntersecting ?? false;
        look();
      },
      { threshold: VISIBLE_SHARE },
    );
    observer.observe(element.current);
    window.addEventListener('focus', look);
    window.addEventListener('blur', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.clearTimeout(timer);
      observer.disconnect();
      window.removeEventListener('focus', look);
      window.removeEventListener('blur', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [element, isWanted]);
}
