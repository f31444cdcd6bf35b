import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleOf } from '../../shared/domain/rule.ts';
import { readRule } from './read-rule.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-rule-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const errorOf = (given: string): string => {
  try {
    readRule(given, 'mine');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a rule given to a command', () => {
  it('is JSON, or the name of a file that contains it', () => {
    const json = '{"kind": "change", "params": {"changePct": 3}}';
    const file = join(folder, 'rule.json');
    writeFileSync(file, `\uFEFF${json}\n`);
    const expected = ruleOf({ id: 'mine', kind: 'change', params: { changePct: 3 } });
    for (const given of [json, ` ${json}`, file]) expect(readRule(given, 'mine')).toEqual(expected);
    expect(() => readRule(json)).toThrow('The rule: id is missing.');
  });

  it.each([
    ['{"kind": "change",', /^The rule is not JSON: .*\.$/],
    ['[{"kind": "change"}]', /^The rule must be one JSON object, such as /],
    ['{"params": {}}', 'The rule: kind is missing.'],
    ['{"kind": 5}', 'The rule: kind must be text, in double quotes.'],
    ['{"kind": "chnge"}', /^The rule is of no known kind: "chnge" is not one of moving-average, change, /],
    ['{"kind": "change", "parms": {}}', 'The rule has the unknown field "parms".'],
    ['{"kind": "change", "params": {"pct": 1}}', 'The rule: params has the unknown field "pct".'],
    ['{"kind": "change", "params": {"changePct": -2}}', 'The rule: params.changePct must be at least 0.01.'],
    [
      '{"kind": "change", "params": {"withinMinutes": 1e9}}',
      'The rule: params.withinMinutes must be at most 43200.',
    ],
    ['{"kind": "level"}', 'The rule: params.level is missing.'],
    ['{"kind": "change", "scope": "bitcoin"}', /^The rule: scope must be "all", a list of coin ids /],
    ['{"kind": "change", "scope": ["Bit coin"]}', /^The rule: scope.0 is not a CoinGecko coin id /],
    ['{"kind": "change", "scope": []}', 'The rule: scope needs at least one coin.'],
    [
      '{"kind": "combination", "params": {"rules": ["a"]}}',
      'The rule: params.rules needs at least 2 entries.',
    ],
    ['{"kind": "change", "until": "tomorrow"}', /^The rule: until must be a time with its zone, /],
    [
      '{"kind": "drawdown", "direction": "up"}',
      'The rule: direction must be "both" or "down": a rule of the kind "drawdown" has no other direction.',
    ],
    ['{"kind": "volume", "direction": "down"}', /direction must be "both": .* "volume" has no direction\.$/],
    ['/no/such/rule.json', /^There is no file \/no\/such\/rule\.json\. Give the rule as JSON, such as /],
  ])('reports in one sentence what is wrong with %s', (given, expected) => {
    if (typeof expected === 'string') expect(errorOf(given)).toBe(expected);
    else expect(errorOf(given)).toMatch(expected);
  });

  it('cannot be a folder', () => {
    expect(errorOf(folder)).toBe(
      `Cannot read ${folder}: this is a folder, not a file. Choose another place.`,
    );
  });
});
