import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { ruleOf } from '../../shared/domain/rule.ts';
import { environmentFor, openPage, type Program, startProgram, until } from '../program.ts';

/** One program for all tests. */
test.describe.configure({ mode: 'serial' });

const SPEED = 60;
/** Rules that fire once for each of three coins, in place of the default rule. */
const RULES = [
  { id: 'moving-average', kind: 'moving-average', enabled: false },
  {
    id: 'first-move',
    kind: 'change',
    params: { changePct: 0.02, withinMinutes: 10 },
    severity: 'info',
    repeat: 'once',
  },
  {
    id: 'first-rise',
    kind: 'change',
    params: { changePct: 0.02, withinMinutes: 10 },
    direction: 'up',
    severity: 'critical',
    repeat: 'once',
  },
];
const ALERTS = 6;

let folder: string;
let market: DemoServer;
let program: Program;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'history-test-'));
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ rules: RULES }));
  const origin = Date.now();
  market = await startDemoServer({ clock: scaledClock(SPEED, origin), seed: 'history', stepMs: 10_000 });
  program = await startProgram(environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 10 }));
  const page = await openPage(program.url);
  await until(async () => (await page.call('alerts.unread', {})).alertIds.length === ALERTS);
  page.close();
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

const items = (page: Page) => page.getByTestId('alert-item');
const filter = (page: Page, name: string) => page.getByTestId(`alert-filter-${name}`);

test('counts unread alerts, and marks them as read when they are viewed', async ({ page }) => {
  // Simulates a window behind others.
  await page.addInitScript('document.hasFocus = () => window.isLookedAt === true;');
  await page.setViewportSize({ width: 1_280, height: 1_000 });
  await page.goto(program.url);
  await expect(items(page)).toHaveCount(ALERTS);
  await expect(page.getByTestId('unread')).toHaveText(String(ALERTS));
  await expect(items(page).first()).toContainText('New');

  // All pages of the program show the same.
  const other = await openPage(program.url);
  const unread = async (): Promise<number> => (await other.call('alerts.unread', {})).alertIds.length;
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(page.getByTestId('unread')).toBeHidden();
  await until(() => other.events.some(({ event }) => event === 'alerts-read'));
  expect(await unread()).toBe(0);

  const move = ruleOf({
    kind: 'change',
    params: { changePct: 0.02, withinMinutes: 5 },
    repeat: 'once',
    id: 'one',
  });
  await other.call('rules.save', { rule: { ...move, scope: ['zcash'] }, isNew: true });
  await expect(page.getByTestId('unread')).toHaveText('1');
  await expect(items(page)).toHaveCount(ALERTS + 1);
  await page.evaluate("window.isLookedAt = true; window.dispatchEvent(new Event('focus'));");
  await expect(page.getByTestId('unread')).toBeHidden();
  await until(async () => (await unread()) === 0);
  other.close();
});

test('filters by coin, rule, severity, direction and day, and keeps the filter in the address', async ({
  page,
}) => {
  await page.goto(program.url);
  await expect(items(page)).toHaveCount(ALERTS + 1);
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await filter(page, 'severity').selectOption('critical');
  await expect(items(page)).toHaveCount(3);
  await expect(page).toHaveURL(/#alerts\?severity=critical$/);
  await filter(page, 'coin').selectOption('zcash');
  await expect(items(page)).toHaveCount(1);

  await page.reload();
  await expect(items(page)).toHaveCount(1);
  await expect(filter(page, 'coin')).toHaveValue('zcash');

  await filter(page, 'to').fill('2001-01-01');
  await expect(page.getByText('No alert matches the filter.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await expect(items(page)).toHaveCount(ALERTS + 1);
  await expect(page).toHaveURL(new URL('/', program.url).href);
  await filter(page, 'direction').selectOption('up');
  await filter(page, 'rule').selectOption('first-rise');
  await expect(items(page)).toHaveCount(3);
  // No alert is inhibited.
  await filter(page, 'inhibited').selectOption('no');
  await expect(items(page)).toHaveCount(3);
  await filter(page, 'inhibited').selectOption('yes');
  await expect(page.getByText('No alert matches the filter.')).toBeVisible();
  await expect(page).toHaveURL(/&inhibited=yes$/);
});

test('shows the minutes around an opened alert, and its rule', async ({ page }) => {
  await page.goto(program.url);
  const alert = items(page).filter({ hasText: 'Ethereum' }).first();
  await alert.click();
  await expect(page.getByTestId('alert-moment')).toBeVisible();
  await expect(page.locator('[data-place="chart"] h2')).toContainText('Ethereum');
  await page.getByRole('button', { name: 'Only this rule' }).click();
  await expect(items(page)).toHaveCount(3);
  await page.getByRole('button', { name: /^Rule “first-/ }).click();
  await expect(page.getByTestId('rule-id')).toHaveValue(/^first-/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Go to the chart' }).click();
  await expect(page.locator('[data-place="chart"]')).toBeFocused();
});

test('saves the filtered list as CSV', async ({ page }) => {
  await page.goto(`${program.url}#alerts?rule=first-move`);
  await expect(items(page)).toHaveCount(3);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('alerts.csv');
  const lines = readFileSync(await saved.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(lines[0]).toMatch(/^time,coin,/);
  expect(lines.slice(1).map((line) => line.split(',')[3])).toEqual(Array(3).fill('first-move'));
});
