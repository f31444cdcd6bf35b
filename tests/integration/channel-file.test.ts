import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertLine } from '../../electron/monitor/delivery/channels/alerts-file/alert-line.ts';
import { installedProgram } from '../counterparts/installed-program.ts';
import { until } from '../program.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';

const TAIL = installedProgram('tail');

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'channel-file-'));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

const linesOf = (name: string): readonly string[] =>
  readFileSync(join(dataDir, name), 'utf8').split('\n').slice(0, -1);

describe('a file', () => {
  it.each([
    ['by size', { maxBytes: 1_000 }, { lines: 7, files: ['lines.txt', 'lines.txt.1', 'lines.txt.2'] }],
    // All lines are months old.
    ['by age', { maxAgeDays: 1 }, { lines: 1, files: ['lines.txt', 'lines.txt.1', 'lines.txt.2'] }],
  ])(
    'is rotated %s, and the configured number of files is kept, the newest with the smallest number',
    async (_, options, expected) => {
      const channel = channelOf('file', { dataDir, path: 'lines.txt', keep: 2, ...options });
      const alerts = Array.from({ length: 30 }, (_, number) => raisedAlert(number));
      for (const alert of alerts) await deliver(channel, alert);
      await channel.close?.();
      expect(readdirSync(dataDir).toSorted()).toEqual(expected.files);
      const kept = expected.files.toReversed().flatMap(linesOf);
      expect(kept).toEqual(alerts.slice(-kept.length).map(alertLine));
      expect(linesOf('lines.txt.1')).toHaveLength(expected.lines);
    },
  );

  it.skipIf(TAIL === null)(`is followed by tail -F (${TAIL ?? 'not installed'})`, async () => {
    const channel = channelOf('file', { dataDir, path: 'lines.txt', maxBytes: 1_000, keep: 1 });
    await deliver(channel, raisedAlert(0));
    const tail = spawn(TAIL ?? '', ['-n', '+1', '-F', join(dataDir, 'lines.txt')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(tail, 'close');
    let seen = '';
    tail.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    const alerts = [raisedAlert(0)];
    try {
      for (let number = 1; number < 20; number++) {
        const alert = raisedAlert(number);
        alerts.push(alert);
        await deliver(channel, alert);
        await until(() => seen.includes(alertLine(alert)));
      }
    } finally {
      tail.kill();
      await ended;
    }
    await channel.close?.();
    expect(seen).toBe(alerts.map((alert) => `${alertLine(alert)}\n`).join(''));
  });

  it('that cannot be written is reported with its path', async () => {
    const channel = channelOf('file', { dataDir, path: 'none/lines.txt' });
    const error = await failureOf(deliver(channel, raisedAlert(1)));
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('none') });
  });
});
