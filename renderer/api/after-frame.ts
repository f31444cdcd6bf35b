/** The longest wait on a page that draws nothing, such as one in a background tab. */
const MAX_WAIT_MS = 250;

/** Calls back once when the next frame has been painted, or a moment later if none is. */
export function afterNextFrame(onPainted: () => void): void {
  let isOver = false;
  const once = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    onPainted();
  };
  const timer = setTimeout(once, MAX_WAIT_MS);
  // Its callback precedes the painting, and a timer that it sets follows it.
  requestAnimationFrame(() => setTimeout(once));
}
