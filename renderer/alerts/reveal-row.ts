/** A row that was far from the screen is drawn a few frames after scrolling to it, and may be taller than estimated. */
const FRAMES = 6;

/**
 * Scrolls the list, and nothing else on the page, until a row is visible.
 *
 * @param list contains the rows, or reserves their space while they are not drawn
 * @param rowPx the estimated height of a row that is not drawn
 * @returns stops scrolling
 */
export function revealRow(
  scroller: HTMLElement,
  list: HTMLElement,
  index: number,
  rowPx: number,
): () => void {
  let left = FRAMES;
  let frame = 0;
  const step = (): void => {
    const row = list.children[index]?.getBoundingClientRect();
    const top = row?.top ?? list.getBoundingClientRect().top + index * rowPx;
    const bottom = row?.bottom ?? top + rowPx;
    const { top: edge, bottom: end } = scroller.getBoundingClientRect();
    // The sticky header covers the top of the list.
    const begin = edge + (scroller.firstElementChild?.clientHeight ?? 0);
    if (top < begin) scroller.scrollTop -= begin - top;
    else if (bottom > end) scroller.scrollTop += Math.min(bottom - end, top - begin);
    left -= 1;
    if (left > 0) frame = requestAnimationFrame(step);
  };
  step();
  return () => cancelAnimationFrame(frame);
}
