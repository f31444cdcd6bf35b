import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

type Checked = {
  /** One rule of axe; all when absent. */
  readonly only?: string | undefined;
  /** A selector; the whole page when absent. */
  readonly within?: string | undefined;
};

/** The violated rules of accessibility, each with the element that violates it. */
export async function accessibilityViolations(
  page: Page,
  { only, within }: Checked = {},
): Promise<readonly string[]> {
  // Describing each element that passes takes longer than checking it, and nobody reads it.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
  // Otherwise results are combined in a second page, which is opened for each check. Only frames need that.
  expect(page.frames()).toHaveLength(1);
  axe.setLegacyMode(true);
  if (within !== undefined) axe.include(within);
  // A list of options is rendered outside of the dialog, which would clip it, and so outside of every landmark.
  const isListOpen = (await page.getByRole('listbox').count()) > 0;
  if (isListOpen) axe.disableRules('region');
  if (only !== undefined) axe.withRules(only);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
