import { type RefObject, useEffect, useRef } from 'react';

/** Lets an element light up gently when a price changes, green-ish up and red-ish down; not when it first appears. */
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
