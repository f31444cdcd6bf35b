import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMarket } from '../../../../demo/market.ts';
import { type Rule, ruleSchema } from '../../../../shared/domain/rule.ts';
import { ruleFault } from '../bound-rule.ts';
import { createAlertEngine } from '../engine.ts';
import { memberFaults, withMembers } from '../member-order.ts';
import { AT, alertsOf, MINUTE_MS, SECOND_MS, tickAt } from './market-fixture.ts';
import { RULE_KINDS } from './registry.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/rules.md'), 'utf8');
const blocks = [...page.matchAll(/```json\n(\{ "id".*?)```/gs)].map(([, block = '']) => block);
const known = blocks.map((block) => ruleSchema.parse(JSON.parse(block)).id);

describe('docs/rules.md', () => {
  it('has examples of every kind, each with a distinct id', () => {
    const rules = blocks.map((block) => ruleSchema.parse(JSON.parse(block)));
    expect(new Set(rules.map(({ kind }) => kind))).toEqual(new Set(RULE_KINDS.keys()));
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  it.each(blocks.map((block) => [JSON.parse(block).kind as string, block]))(
    'has an example of %s that the engine accepts, with only fields that the kind knows',
    (_, block) => {
      const rule = ruleSchema.parse(JSON.parse(block));
      expect(ruleFault(rule)).toBeNull();
      expect(() => createAlertEngine([rule])).not.toThrow();
      expect(memberFaults([rule], known)).toEqual(new Map());
      const written = Object.keys((JSON.parse(block) as { params: object }).params);
      expect(Object.keys(RULE_KINDS.get(rule.kind)?.params.parse(rule.params) ?? {})).toEqual(
        expect.arrayContaining(written),
      );
    },
  );

  it('states how many alerts a month each example raises on the demo market', () => {
    const market = createMarket({ seed: 'demo' });
    const bitcoin = market.find('bitcoin');
    if (bitcoin === undefined) throw new Error('the demo market has no bitcoin');
    const ticks = Array.from({ length: 30 * 24 * 60 }, (_, minute) =>
      tickAt(AT + minute * MINUTE_MS, market.priceUsd(bitcoin, AT + minute * MINUTE_MS)),
    );
    const rules = blocks.map((block) => ruleSchema.parse(JSON.parse(block)));
    const counted = rules.map((rule) => {
      const alerts = alertsOf(withMembers(rule, rules), ticks);
      return [rule.id, String(alerts.filter((alert) => alert.rule === rule.id).length)];
    });
    const documented = [...page.matchAll(/^\| \[.*\]\(#.*\) \| `([a-z0-9-]+)` \| (\d+) \|$/gm)].map(
      ([, id, count]) => [id, count],
    );
    expect(documented).toEqual(counted);
  });

  it('has examples for trades, several sources and silence, which the demo market lacks, that raise alerts', () => {
    const example = (kind: string): Rule => {
      const found = blocks
        .map((block) => ruleSchema.parse(JSON.parse(block)))
        .find((rule) => rule.kind === kind);
      if (found === undefined) throw new Error(`no example of ${kind}`);
      return found;
    };
    // A coin every ten minutes, for five days.
    const trades = Array.from({ length: 5 * 144 }, (_, index) =>
      tickAt(AT + index * 10 * MINUTE_MS, 100, { amount: 1 }),
    );
    const endAt = AT + trades.length * 10 * MINUTE_MS;
    const busy = tickAt(endAt + MINUTE_MS, 100, { amount: 19 });
    expect(alertsOf(example('volume'), [...trades, busy])).toMatchObject([{ observedAt: busy.observedAt }]);

    const apart = [tickAt(AT, 100), tickAt(AT + SECOND_MS, 100.6, { source: 'coinbase' })];
    expect(alertsOf(example('spread'), apart)).toMatchObject([{ direction: 'down' }]);

    const engine = createAlertEngine([example('no-data')]);
    engine.check(tickAt(AT, 100));
    const silent = Array.from({ length: 40 * 6 }, (_, beat) => AT + beat * 10 * SECOND_MS);
    expect(silent.flatMap((at) => engine.pass(at, ['bitcoin']))).toMatchObject([
      { observedAt: AT + 30 * MINUTE_MS, severity: 'critical' },
    ]);
  });
});
