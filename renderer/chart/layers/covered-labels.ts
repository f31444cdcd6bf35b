import { TAG_LINE, TAG_RISE } from './axis-tag.tsx';

/** Half the height of a label of an axis. */
const LABEL_HALF = 7;

/**
 * Hides the labels of a chart's price axis that a tag would partly cover.
 *
 * @param chart contains the axis; labels of other charts on the page are not affected
 */
export function coveredLabels(chart: () => Element | null) {
  let labels: readonly { readonly element: SVGTextElement; readonly y: number }[] = [];
  let found: unknown = null;
  let covered: readonly SVGTextElement[] = [];

  const find = (): void => {
    const elements = chart()?.querySelectorAll<SVGTextElement>('.recharts-yAxis-tick-labels text') ?? [];
    labels = [...elements].map((element) => ({ element, y: Number(element.getAttribute('y')) }));
  };

  return {
    /**
     * @param y of the tag's first line; null if there is no tag
     * @param axes a new value whenever the axes are drawn again, because their labels may have changed
     */
    cover(y: number | null, lineCount: number, axes: unknown): void {
      if (axes !== found || labels[0]?.element.isConnected !== true) {
        find();
        found = axes;
      }
      const top = (y ?? 0) - TAG_RISE - LABEL_HALF;
      const bottom = top + lineCount * TAG_LINE + 3 + 2 * LABEL_HALF;
      const now = y === null ? [] : labels.filter((label) => label.y > top && label.y < bottom);
      const elements = now.map(({ element }) => element);
      for (const element of covered) if (!elements.includes(element)) element.style.visibility = '';
      for (const element of elements) {
        if (!covered.includes(element)) element.style.visibility = 'hidden';
      }
      covered = elements;
    },
  };
}
