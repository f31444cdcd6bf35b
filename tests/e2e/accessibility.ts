import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

type Checked = {
  /** One rule of axe; by default all. */
  readonly only?: string | undefined;
  /** A selector; by default the whole page. */
  readonly within?: string | undefined;
};

/** The violated accessibility rules, each with the element that violates it. */
export async function accessibilityViolations(
  page: Page,
  { only, within }: Checked = {},
): Promise<readonly string[]> {
  // Without descriptions of elements that pass, which take longer than the checks.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
  // In legacy mode, axe opens no second page for each check, which it needs only to combine the results of frames.
  expect(page.frames()).toHaveLength(1);
  axe.setLegacyMode(true);
  if (within !== undefined) axe.include(within);
  // A list of options is rendered outside of the dialog, which would clip it, and therefore outside of all landmarks.
  const isListOpen = (await page.getByRole('listbox').count()) > 0;
  if (isListOpen) axe.disableRules('region');
  if (only !== undefined) axe.withRules(only);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
