import type { Locator } from '@playwright/test';

/** Code for the page, as text because tests have no types of a browser: returns each line of text below `element`, with its box. */
const LINES_OF_TEXT = `
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const lines = [];
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects()) {
      if (box.width > 0) lines.push({ node: walker.currentNode, text: walker.currentNode.textContent, box });
    }
  }`;

const run = (element: Locator, body: string): Promise<readonly string[]> =>
  element.evaluate(
    (found, source) => new Function('element', source)(found) as readonly string[],
    `${LINES_OF_TEXT}\n${body}`,
  );

/** The texts below an element that overflow it horizontally. */
export function cutTexts(element: Locator): Promise<readonly string[]> {
  return run(
    element,
    `const { left, right } = element.getBoundingClientRect();
     return lines.filter(({ box }) => box.left < left - 0.5 || box.right > right + 0.5).map(({ text }) => text);`,
  );
}

/** Pairs of overlapping texts below an element. */
export function collidingTexts(element: Locator): Promise<readonly string[]> {
  return run(
    element,
    `const overlap = (a, b) =>
       Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
     return lines.flatMap((one, index) =>
       lines.slice(index + 1).filter((other) => other.node !== one.node && overlap(one.box, other.box)).map(({ text }) => one.text + ' | ' + text));`,
  );
}
