import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alert, NOW } from '../../../log/log-fixture.ts';
import { alertLine } from './alert-line.ts';
import { alertsFileChannel } from './alerts-file.ts';
import { rotate } from './rotate.ts';

const DAY_MS = 24 * 3_600_000;
const NEVER = Number.POSITIVE_INFINITY;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-'));
  path = join(folder, 'alerts.txt');
});

afterEach(() => rmSync(folder, { recursive: true }));

const names = (): readonly string[] => readdirSync(folder).toSorted();
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('a rotation', () => {
  it('keeps the configured number of files, the newest with the smallest number', async () => {
    for (let number = 1; number <= 5; number++) {
      writeFileSync(path, `file ${number}\n`);
      await rotate(path, { maxBytes: 1, maxAgeMs: NEVER, keep: 3 }, NOW);
    }
    expect(names()).toEqual(['alerts.txt.1', 'alerts.txt.2', 'alerts.txt.3']);
    expect([1, 2, 3].map((number) => read(`alerts.txt.${number}`))).toEqual([
      'file 5\n',
      'file 4\n',
      'file 3\n',
    ]);
  });

  it.each([
    ['is not there', null, []],
    ['is empty', '', ['alerts.txt']],
    ['is smaller', 'a line\n', ['alerts.txt']],
    ['is large enough', 'x'.repeat(100), ['alerts.txt.1']],
    [
      'begins with a line of a day ago',
      `${new Date(NOW - DAY_MS).toISOString()} - Alert\n`,
      ['alerts.txt.1'],
    ],
    ['begins with a younger line', `${new Date(NOW - DAY_MS + 1).toISOString()} - Alert\n`, ['alerts.txt']],
  ])('of a file that %s', async (_, content, expected) => {
    if (content !== null) writeFileSync(path, content);
    await rotate(path, { maxBytes: 100, maxAgeMs: DAY_MS, keep: 3 }, NOW);
    expect(names()).toEqual(expected);
  });

  it('writes every alert once, even if deliveries are repeated after a kill', async () => {
    const rotation = { maxBytes: 400, maxAgeMs: NEVER, keep: 100, now: () => NOW };
    const alerts = Array.from({ length: 20 }, (_, number) => ({
      ...alert(`a${number}`, NOW + number),
      raisedAt: NOW,
    }));
    const signal = new AbortController().signal;
    for (const each of alerts) {
      // A program that is killed after each alert, before it records the delivery.
      const channel = alertsFileChannel(path, { rotation });
      await channel.deliver([each], signal);
      const next = alertsFileChannel(path, { rotation });
      await next.deliver([each], signal);
    }
    const lines = names().flatMap((name) => read(name).split('\n').slice(0, -1));
    expect(lines.toSorted()).toEqual(alerts.map(alertLine).toSorted());
    expect(names().length).toBeGreaterThan(5);
  });

  it('writes no line twice if the lines were spread over several files when the program was killed', async () => {
    // The clock is a year ahead of the file system's.
    const ahead = Date.now() + 365 * DAY_MS;
    const rotation = { maxBytes: 400, maxAgeMs: NEVER, keep: 100, now: () => ahead };
    const alerts = Array.from({ length: 20 }, (_, number) => ({
      ...alert(`a${number}`, ahead + number),
      raisedAt: ahead,
    }));
    const signal = new AbortController().signal;
    const channel = alertsFileChannel(path, { rotation });
    for (const each of alerts.slice(0, 15)) await channel.deliver([each], signal);
    await alertsFileChannel(path, { rotation }).deliver(alerts.slice(5), signal);
    const lines = names().flatMap((name) => read(name).split('\n').slice(0, -1));
    expect(lines.toSorted()).toEqual(alerts.map(alertLine).toSorted());
  });
});
