import { type RefObject, useEffect, useState } from 'react';

/** The distance from the edges of the list up to which an element is near: more than a turn of the mouse wheel scrolls. */
const NEAR_PX = 1_200;

/** Near the screen, or far from it, with the height that it had when it was last near; null if it never was. */
export type Nearness =
  | { readonly isNear: true }
  | { readonly isNear: false; readonly heightPx: number | null };

const NEAR: Nearness = { isNear: true };

/**
 * Whether an element is on screen or near it, in the list that scrolls it. An element that contains the focus remains near.
 *
 * @param isNearAtFirst the initial result, until the browser has measured the element
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
