import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { documentedChannel } from '../documented-channels.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'speech-'));
  vi.stubEnv('PATH', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Installs a replacement for a program of the system, which records its arguments and input. */
function install(name: string, exit = 0): void {
  const path = join(folder, name);
  writeFileSync(
    path,
    `#!/bin/sh\nread -r line\necho "${name} $* <$line>" >> "${folder}/calls"\necho "no device" >&2\nexit ${exit}\n`,
  );
  chmodSync(path, 0o755);
}

const calls = (): readonly string[] =>
  readFileSync(join(folder, 'calls'), 'utf8').replaceAll(folder, '').trim().split('\n');

describe.skipIf(process.platform !== 'linux')('speech, with the programs of Linux', () => {
  it('names the coin, after a sound that differs for a rise, a fall and neither', async () => {
    for (const name of ['aplay', 'spd-say']) install(name);
    const channel = channelOf('speech', { dataDir: folder });
    await deliver(channel, raisedAlert(1));
    const fall = { ...raisedAlert(2, 'zcash'), direction: 'down', figures: { changePct: -4.25 } } as const;
    await deliver(channel, fall);
    await deliver(channel, { ...raisedAlert(3), direction: null, figures: {} });
    expect(calls()).toEqual([
      'aplay --quiet /sounds/rising.wav <>',
      'spd-say --wait --pipe-mode <Bitcoin up 3.0 percent.>',
      'aplay --quiet /sounds/falling.wav <>',
      'spd-say --wait --pipe-mode <Zcash down 4.3 percent.>',
      'aplay --quiet /sounds/bell.wav <>',
      'spd-say --wait --pipe-mode <Bitcoin: price changed by more than 2% from the 5-min average.>',
    ]);
    const wav = readFileSync(join(folder, 'sounds/rising.wav'));
    expect(wav.subarray(0, 4).toString()).toBe('RIFF');
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    expect(wav.equals(readFileSync(join(folder, 'sounds/falling.wav')))).toBe(false);
  });

  it('speaks with the documented example', async () => {
    for (const name of ['aplay', 'spd-say']) install(name);
    const { options, route } = documentedChannel('speech');
    const channel = channelOf('speech', { ...options, dataDir: folder });
    await deliver(channel, { ...raisedAlert(1), rule: route.rules?.[0] ?? '' });
    expect(calls()).toEqual([
      'aplay --quiet /sounds/bell.wav <>',
      'spd-say --wait --pipe-mode <Bitcoin up 3.0 percent.>',
    ]);
  });

  it('names the coin for a rule without a change, a summary, and many alerts', async () => {
    install('espeak-ng');
    const channel = channelOf('speech', { dataDir: folder, up: 'none' });
    await deliver(channel, { ...raisedAlert(1), figures: {} });
    const missed = { reason: 'quiet-hours', at: 0, hasMore: false } as const;
    const many = ['bitcoin', 'zcash', 'monero', 'solana'].map((coin, n) => ({
      ...raisedAlert(n, coin),
      missed,
    }));
    await deliver(channel, ...many);
    expect(calls()).toEqual([
      'espeak-ng --stdin <Bitcoin: price changed by more than 2% from the 5-min average.>',
      'espeak-ng --stdin <4 alerts during quiet hours. Bitcoin up 3.0 percent. Zcash up 3.0 percent. Monero up 3.0 percent. And 1 more.>',
    ]);
  });

  it('reports what to install if there is no speech program, and the error of one that fails', async () => {
    const channel = channelOf('speech', { dataDir: folder });
    expect((await failureOf(deliver(channel, raisedAlert(1)))).message).toBe(
      'No text-to-speech program was found. Install one of these: spd-say, espeak-ng, espeak.',
    );
    install('espeak', 1);
    const failure = await failureOf(deliver(channel, raisedAlert(1)));
    expect(failure).toMatchObject({ kind: 'unreachable', message: 'espeak cannot speak: no device' });
  });
});
