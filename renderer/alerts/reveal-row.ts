/** A row that was far from the screen is drawn a few frames after its place was scrolled to, and may be higher than it was taken for. */
const FRAMES = 6;

/**
 * Scrolls the list, and nothing else on the page, as far as it takes to see a row.
 *
 * @param list holds the rows, or keeps their place free while they are not drawn
 * @param rowPx the height of a row that is not drawn
 * @returns ends it before it is done
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
    // The head stays above the rows.
    const begin = edge + (scroller.firstElementChild?.clientHeight ?? 0);
    if (top < begin) scroller.scrollTop -= begin - top;
    else if (bottom > end) scroller.scrollTop += Math.min(bottom - end, top - begin);
    left -= 1;
    if (left > 0) frame = requestAnimationFrame(step);
  };
  step();
  return () => cancelAnimationFrame(frame);
}
