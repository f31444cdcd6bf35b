import { chromium } from 'playwright';
import { findChromium } from '../scripts/find-chromium.ts';

/** A real page in a browser that notes when each price of a coin was painted. */
export type Pixels = {
  /** In ms since the epoch, with fractions; undefined until the price has been painted. */
  paintedAt(price: number): number | undefined;
  close(): Promise<void>;
};

/** Opens the page at `url` and watches the card of a coin. */
export async function watchPixels(url: string, coinId: string): Promise<Pixels> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-background-networking'],
  });
  const page = await browser.newPage();
  const painted = new Map<number, number>();
  await page.exposeFunction('notePainted', (text: string, at: number) => {
    const price = Number(text.replace(/[^\d.]/g, ''));
    if (!painted.has(price)) painted.set(price, at);
  });
  await page.goto(url);
  const selector = `[data-testid="price-card"][data-coin="${coinId}"] [data-testid="price"]`;
  await page.locator(selector).waitFor();
  // As text, because this file is compiled without the types of a browser.
  await page.evaluate(`{
    const price = document.querySelector(${JSON.stringify(selector)});
    new MutationObserver(() => {
      const text = price.textContent;
      // A frame's callbacks run before it is painted; a task that is queued in one of them runs afterwards.
      requestAnimationFrame(() => setTimeout(() => notePainted(text, performance.timeOrigin + performance.now())));
    }).observe(price, { subtree: true, childList: true, characterData: true });
  }`);
  return { paintedAt: (price) => painted.get(price), close: () => browser.close() };
}
