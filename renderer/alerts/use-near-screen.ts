import { type RefObject, useEffect, useState } from 'react';

/** How far beyond the edges of the list something still counts as near: more than a turn of the wheel goes. */
const NEAR_PX = 1_200;

/** Near the screen, or far from it with the height that it had when it was last near; null where it never was. */
export type Nearness =
  | { readonly isNear: true }
  | { readonly isNear: false; readonly heightPx: number | null };

const NEAR: Nearness = { isNear: true };

/**
 * Whether an element is on screen or near it, in the list that scrolls it. What has the keyboard's focus stays near.
 *
 * @param isNearAtFirst what it is taken for until the browser has measured it
 */
export function useNearScreen(
  element: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
  isNearAtFirst: boolean,
): Nearness {
  const [nearness, setNearness] = useState<Nearness>(
    isNearAtFirst ? NEAR : { isNear: false, heightPx: null },
  );
  useEffect(() => {
    const observed = element.current;
    if (observed === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry === undefined) return;
        const isNear = entry.isIntersecting || observed.contains(document.activeElement);
        setNearness(isNear ? NEAR : { isNear, heightPx: entry.boundingClientRect.height });
      },
      { root: scroller.current, rootMargin: `${NEAR_PX}px 0px` },
    );
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element, scroller]);
  return nearness;
}
