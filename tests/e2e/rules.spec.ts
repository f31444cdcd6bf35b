import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { environmentFor, openPage, type Program, startProgram, until } from '../program.ts';

/** One program for all tests. */
test.describe.configure({ mode: 'serial' });

const SPEED = 60;

let folder: string;
let market: DemoServer;
let program: Program;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rules-test-'));
  const origin = Date.now();
  market = await startDemoServer({
    clock: scaledClock(SPEED, origin),
    seed: 'rules',
    stepMs: 10_000,
    record: true,
  });
  program = await startProgram(
    environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 10 }, market.exchangeUrl),
  );
  // Waits for stored prices, because a preview shows those that are stored when it is opened.
  const page = await openPage(program.url);
  await until(async () => (await page.status()).database.status === 'ready');
  await until(async () => {
    const { candles } = await page.call('candles', { coinId: 'bitcoin', interval: '1m', limit: 100 });
    return candles.length >= 60;
  });
  page.close();
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

const dialog = (page: Page): Locator => page.getByRole('dialog', { name: /^Rules/ });
const rule = (page: Page, id: string): Locator => page.locator(`[data-testid="rule"][data-rule="${id}"]`);
const field = (page: Page, name: string): Locator => page.getByTestId(`rule-field-${name}`);

const savedRules = (): readonly Rule[] => {
  try {
    return (
      (JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as { rules?: Rule[] }).rules ?? []
    );
  } catch {
    return []; // not written yet
  }
};

async function openRules(page: Page): Promise<void> {
  await page.goto(program.url);
  await expect(page.getByTestId('price-card').first()).toContainText('$');
  await page.getByRole('button', { name: 'Rules', exact: true }).click();
  await expect(rule(page, 'moving-average')).toBeVisible();
}

test('creates a rule from a template, previews it on stored prices, and saves it', async ({ page }) => {
  await openRules(page);
  await expect(rule(page, 'moving-average')).toContainText('Moves more than 2% from its 5-min average');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('button', { name: 'Moved 5% in an hour' }).click();
  const preview = page.getByTestId('rule-preview');
  await expect(preview).toContainText(/\d+ alerts? in/);

  // With this value almost every move fires, and the preview follows the input.
  await field(page, 'changePct').fill('0,05');
  await expect(page.getByTestId('rule-sentence')).toHaveText('Moves more than 0.05% within 1 h');
  await expect(page.getByTestId('firing').first()).toBeAttached();
  await expect(preview).toContainText(/[1-9]\d* alerts? in/);

  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(rule(page, 'moved-in-an-hour')).toBeVisible();
  expect(savedRules()).toMatchObject([
    { id: 'moved-in-an-hour', kind: 'change', params: { changePct: 0.05, withinMinutes: 60 } },
  ]);
  // The rule is in force, and fires, because the market moves that much within minutes.
  await expect(rule(page, 'moved-in-an-hour')).toContainText('Last alert');
  await expect(rule(page, 'moved-in-an-hour').getByTestId('rule-phases')).toBeVisible();
});

test('shows errors at the field with the focus there, including those that only the monitor detects', async ({
  page,
}) => {
  await openRules(page);
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('list', { name: 'By kind' }).getByRole('button', { name: /^RSI/ }).click();
  await field(page, 'period').fill('1');
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(dialog(page)).toContainText('Must be at least 2');
  await expect(field(page, 'period')).toBeFocused();

  // An error below “More” opens it.
  await field(page, 'period').fill('14');
  await page.getByText('More: cooldown').click();
  await field(page, 'activeHours').fill('8 to 9');
  await page.getByText('More: cooldown').click();
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(field(page, 'activeHours')).toBeFocused();
  await expect(dialog(page)).toContainText('Must be two times of day');

  // Each average of a MACD is valid by itself.
  await page.getByTestId('rule-kind').selectOption('macd');
  await field(page, 'slow').fill('5');
  await field(page, 'activeHours').fill('');
  await page.getByTestId('rule-id').fill('moved-in-an-hour');
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(dialog(page).locator('.mantine-InputWrapper-error').first()).toBeVisible();
  await expect(dialog(page)).toBeVisible();
  expect(savedRules()).toHaveLength(1);
});

test('keeps concurrent changes of a rule by another page, and does not save a rule that was removed', async ({
  page,
}) => {
  const other = await openPage(program.url);
  const saved = () => savedRules().find(({ id }) => id === 'moved-in-an-hour');
  await openRules(page);
  const edit = rule(page, 'moved-in-an-hour').getByRole('button', { name: 'Edit moved-in-an-hour' });
  await edit.click();
  const shown = saved();
  if (shown === undefined) throw new Error('The rule is not there.');
  await other.call('rules.save', { rule: { ...shown, severity: 'critical' }, shown });
  await field(page, 'changePct').fill('0.06');
  await page.getByRole('button', { name: 'Save rule' }).click();
  await expect(edit).toBeVisible();
  expect(saved()).toMatchObject({ severity: 'critical', params: { changePct: 0.06, withinMinutes: 60 } });

  await edit.click();
  await other.call('rules.remove', { id: 'moved-in-an-hour' });
  await field(page, 'changePct').fill('0.05');
  await page.getByRole('button', { name: 'Save rule' }).click();
  await expect(dialog(page)).toContainText('“moved-in-an-hour” was removed elsewhere since you opened it.');
  expect(saved()).toBeUndefined();
  await other.call('rules.add', { rules: [shown] });
  other.close();
});

test('needs a confirmation to discard unsaved changes', async ({ page }) => {
  await openRules(page);
  await rule(page, 'moved-in-an-hour').getByRole('button', { name: 'Edit moved-in-an-hour' }).click();
  await field(page, 'changePct').fill('7');
  await page.getByRole('button', { name: 'All rules' }).click();
  const question = page.getByRole('dialog', { name: 'Discard your changes?' });
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(field(page, 'changePct')).toHaveValue('7');
  await page.getByRole('button', { name: 'All rules' }).click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(rule(page, 'moved-in-an-hour')).toContainText('0.05%');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
});

test('disables, duplicates and removes a rule, and restores it in its place', async ({ page }) => {
  await openRules(page);
  await rule(page, 'moved-in-an-hour').getByRole('button', { name: 'Duplicate' }).click();
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(rule(page, 'moved-in-an-hour-2')).toBeVisible();

  // With the keyboard, because the row may move under a pointer while the list is updated.
  await page.getByLabel('Enable moved-in-an-hour-2').press('Space');
  await expect.poll(() => savedRules().map(({ enabled }) => enabled)).toEqual([true, false]);

  await page.getByRole('button', { name: 'Remove moved-in-an-hour', exact: true }).click();
  await expect(rule(page, 'moved-in-an-hour')).toBeHidden();
  expect(savedRules().map(({ id }) => id)).toEqual(['moved-in-an-hour-2']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rule(page, 'moved-in-an-hour')).toBeVisible();
  expect(savedRules().map(({ id }) => id)).toEqual(['moved-in-an-hour', 'moved-in-an-hour-2']);

  // The default rule cannot be removed, but it can be disabled, and its changes can be reset.
  await page.getByLabel('Enable moving-average').press('Space');
  await expect(rule(page, 'moving-average')).toContainText('Off');
  await page.getByRole('button', { name: 'Reset moving-average' }).click();
  await expect(rule(page, 'moving-average')).not.toContainText('Off');
});

test("creates a rule for a coin from the coin's card", async ({ page }) => {
  await page.goto(program.url);
  await page.getByTestId('price-card').first().waitFor();
  await page.getByRole('button', { name: 'Rules for Zcash' }).click();
  await expect(dialog(page)).toContainText('Rules for Zcash');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('button', { name: 'Crosses a level' }).click();
  await expect(page.getByTestId('rule-id')).toHaveValue('zcash-crosses-a-level');
  // The editor shows whether the price is above or below the level.
  await field(page, 'level').fill('1');
  const holds = page.getByTestId('rule-holds');
  await expect(holds).toContainText(
    'The condition holds already for Zcash, upwards. The rule raises an alert at the next',
  );
  await holds.getByLabel('Raise immediately').check();
  await expect(holds).toContainText('The rule raises an alert immediately.');
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(rule(page, 'zcash-crosses-a-level')).toContainText('Zcash');
  expect(savedRules().at(-1)).toMatchObject({
    kind: 'level',
    params: { level: 1 },
    scope: ['zcash'],
    raiseIfHolding: true,
  });
  await expect(rule(page, 'zcash-crosses-a-level')).toContainText('Firing for Zcash');
});

test('creates a rule for each of several levels, all or none', async ({ page }) => {
  await openRules(page);
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('button', { name: 'Crosses a level' }).click();
  const before = savedRules().length;
  await page.getByTestId('rule-id').fill('target');
  await field(page, 'level').fill('60,000, 65000');
  await expect(dialog(page)).toContainText('“60,000” can be read in two ways, as 60000 or as 60');
  await field(page, 'level').fill('60000, 65000 70000');
  await expect(page.getByTestId('rule-sentence')).toHaveText('Crosses 60,000, 65,000 or 70,000');
  await expect(dialog(page)).toContainText('3 rules are added, one for each level.');
  await page.getByText('More: cooldown').click();
  await field(page, 'repeat').selectOption('once');
  await page.getByRole('button', { name: 'Add 3 rules' }).click();
  await expect(rule(page, 'target-70000')).toContainText('once for each coin');
  expect(savedRules().slice(before)).toMatchObject(
    [60_000, 65_000, 70_000].map((level) => ({ id: `target-${level}`, params: { level }, repeat: 'once' })),
  );
});

test('shows the state of a rule whose condition was already true when it was added', async ({ page }) => {
  await openRules(page);
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page
    .getByRole('list', { name: 'By kind' })
    .getByRole('button', { name: /^Fall from the peak/ })
    .click();
  // Nearly always, the price is below its high of a week.
  await field(page, 'drawdownPct').fill('0.02');
  await expect(page.getByTestId('rule-holds')).toContainText('at the next crossing');
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(rule(page, 'drawdown').getByTestId('rule-phases')).toContainText(
    /Holds already for .+; raises at the next crossing/,
  );
});

test('creates a rule from a level dragged on the chart, which fires when the price crosses it', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1_280, height: 900 });
  await page.goto(program.url);
  const chart = page.getByRole('group', { name: /candles/ }).first();
  await expect(page.getByTestId('chart-readout')).toBeVisible();
  await page.getByRole('button', { name: /^Draw/ }).click();
  await page.getByRole('button', { name: 'Level', exact: true }).click();
  await page.keyboard.press('Escape');
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the chart is not on screen');
  const [x, top] = [box.x + 200, box.y + 60];
  await page.mouse.click(x, top + 40);
  const label = page.getByTestId('drawing').locator('[class*="label"]').first();
  const drawn = await label.textContent();
  // Repeated, because the axis may follow the newest price meanwhile and move the line.
  await expect(async () => {
    const at = await label.boundingBox();
    if (at === null) throw new Error('the level is not on screen');
    const line = at.y + at.height + 2;
    await page.mouse.move(x, line);
    await page.mouse.down();
    await page.mouse.move(x, line - 40, { steps: 8 });
    await page.mouse.up();
    await expect(label).not.toHaveText(drawn ?? '', { timeout: 1_000 });
  }).toPass();
  const level = Number((await label.textContent())?.replaceAll(',', ''));

  await page.getByRole('button', { name: 'Alert at this price' }).click();
  const shown = Number(await field(page, 'level').inputValue());
  expect(Math.abs(shown / level - 1)).toBeLessThan(1e-3);
  const id = await page.getByTestId('rule-id').inputValue();
  await field(page, 'direction').selectOption('both');
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(rule(page, id)).toContainText(`Crosses ${shown.toLocaleString('en-US')}`);
  // Below the level for a while, then above it.
  const coinId = 'bitcoin';
  expect(savedRules().at(-1)?.scope).toEqual([coinId]);
  // Repeated, because prices may arrive before the engine has the new rule.
  await expect(async () => {
    for (const factor of [0.9, 1.1]) {
      market.setPrice(coinId, { price: shown * factor });
      const observed = market.served().length;
      await until(
        () =>
          market
            .served()
            .slice(observed)
            .filter((one) => one.coinId === coinId).length > 2,
      );
    }
    await expect(rule(page, id)).toContainText('Last alert', { timeout: 2_000 });
  }).toPass();
  market.setPrice(coinId, null);
});

test('finds the threshold for a rate of alerts, and shows the curve', async ({ page }) => {
  await openRules(page);
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('button', { name: 'Moved 5% in an hour' }).click();
  await page.getByText('Find a value for a rate of alerts').click();
  await page.getByTestId('rule-rate-wanted').fill('20');
  await page.getByRole('button', { name: 'Find the value' }).click();
  await expect(page.getByTestId('rule-rate-answer')).toContainText(/Change, %: .* would have raised/, {
    // Each point of the curve is a run over four weeks of three coins.
    timeout: 150_000,
  });
  await expect(page.getByTestId('rate-curve')).toBeVisible();
  await expect(field(page, 'changePct')).not.toHaveValue('5');
});
