import { type RefObject, useEffect, useRef } from 'react';

/** Highlights an element when its price changes, in green when it rises and in red when it falls. */
export function useFlash(ref: RefObject<HTMLElement | null>, price: number | null): void {
  const previous = useRef(price);

  useEffect(() => {
    const before = previous.current;
    previous.current = price;
    if (before === null || price === null || before === price) return;
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const tone = price > before ? 'var(--up-flash)' : 'var(--down-flash)';
    ref.current?.animate([{ backgroundColor: tone }, { backgroundColor: 'transparent' }], {
      duration: 900,
      easing: 'ease-out',
    });
  }, [ref, price]);
}
