import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SettingsView } from '../../../shared/contract/settings-view.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { en } from '../../../shared/messages/en.ts';
import { textOf } from '../../../tests/text-of.ts';
import { ruleOf } from '../alerts/rule-fixture.ts';
import { RULE_KINDS } from '../alerts/rules/registry.ts';
import { ruleKindViews } from '../alerts/rules-json-schema.ts';
import { openMonitor } from '../compose.ts';
import { silentLog } from '../logging/logger.ts';
import type { Monitor } from '../monitor.ts';
import { systemClock } from '../time/clock.ts';

let folder: string;
let monitor: Monitor;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
  const env = { MONITOR_COINS: 'zcash', MONITOR_EXCHANGES: 'none' };
  monitor = await openMonitor({ dataDir: folder, flags: {}, env, clock: systemClock, log: silentLog });
});

afterEach(async () => {
  await monitor.stop(0);
  rmSync(folder, { recursive: true });
});

const request = (procedure: string, input: object) => monitor.dispatch({ id: 1, procedure, input });

async function outputOf(procedure: string, input: object): Promise<unknown> {
  const response = await request(procedure, input);
  if (!response.ok) throw new Error(textOf(response.error.message));
  return response.output;
}

const idsAfter = async (procedure: string, input: object): Promise<readonly string[]> =>
  ((await outputOf(procedure, input)) as SettingsView).settings.rules.map(({ id }) => id);

const moved = ruleOf('change', { changePct: 5, withinMinutes: 60 }, { id: 'moved' });

describe('the rules of a page', () => {
  it('are written to settings.json, each in its place, and removed', async () => {
    expect(await idsAfter('rules.save', { rule: moved, isNew: true })).toEqual(['moved']);
    const first = { ...moved, id: 'first' };
    expect(await idsAfter('rules.save', { rule: first, isNew: true, at: 0 })).toEqual(['first', 'moved']);
    expect(await idsAfter('rules.save', { rule: { ...first, enabled: false } })).toEqual(['first', 'moved']);
    expect(monitor.settings().rules[0]?.enabled).toBe(false);
    expect(await idsAfter('rules.remove', { id: 'first' })).toEqual(['moved']);
    expect(await idsAfter('rules.remove', { id: 'first' })).toEqual(['moved']);
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')).rules).toEqual([moved]);
  });

  it('do not overwrite each other when two are saved concurrently', async () => {
    const rules = ['a', 'b', 'c'].map((id) => ({ ...moved, id }));
    await Promise.all(rules.map((rule) => outputOf('rules.save', { rule, isNew: true })));
    expect(monitor.settings().rules.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['a parameter out of its range', { ...moved, params: { changePct: 0 } }, 'params.changePct'],
    ['a parameter of another kind', { ...moved, kind: 'level', params: { level: 'high' } }, 'params.level'],
    ['a kind that does not exist', { ...moved, kind: 'feeling', params: {} }, 'kind'],
  ])('are refused with the name of the field: %s', async (_, rule, field) => {
    for (const call of [
      request('rules.save', { rule }),
      request('rules.preview', { editor: 'a', coinId: 'zcash', rule }),
    ]) {
      const response = await call;
      const issues = response.ok ? [] : response.error.issues;
      expect(issues?.map(({ setting }) => setting)).toEqual([field]);
    }
    expect(monitor.settings().rules).toEqual([]);
  });

  it('are refused if a new one has an existing id', async () => {
    await outputOf('rules.save', { rule: moved, isNew: true });
    const response = await request('rules.save', { rule: moved, isNew: true });
    expect(response).toMatchObject({ ok: false, error: { issues: [{ setting: 'id' }] } });
  });

  it('have the kinds of the registry, with the ranges of their parameters', async () => {
    const kinds = (await outputOf('rules.kinds', {})) as readonly RuleKindView[];
    expect(kinds.map(({ kind }) => kind)).toEqual([...RULE_KINDS.keys()]);
    expect(kinds.find(({ kind }) => kind === 'change')?.params).toMatchObject({
      properties: { changePct: { minimum: 0.01, maximum: 1_000, default: 5 } },
    });
  });

  it('cannot be previewed while the database is unavailable, which is reported', async () => {
    const response = await request('rules.preview', { editor: 'a', coinId: 'zcash', rule: moved });
    expect(response).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(await outputOf('rules.activity', {})).toEqual([]);
  });
});

describe('the texts of the window', () => {
  it('exist for every kind, parameter and choice', () => {
    const missing = ruleKindViews().flatMap(({ kind, params }) => {
      const properties = Object.entries(params.properties ?? {}) as [string, { readonly enum?: string[] }][];
      return [
        `rule-kind.${kind}`,
        `rule-kind-help.${kind}`,
        `rule-says.${kind}`,
        ...properties.map(([name]) => `rule-field.${name}`),
        ...properties.flatMap(([, { enum: choices = [] }]) =>
          choices.map((choice) => `rule-choice.${choice}`),
        ),
      ].filter((code) => !(code in en));
    });
    expect(missing).toEqual([]);
  });
});
