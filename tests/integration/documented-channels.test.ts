import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { secretVariable } from '../../electron/monitor/delivery/channel-secrets.ts';
import { CHANNEL_KINDS } from '../../electron/monitor/delivery/channels/registry.ts';
import { installedProgram } from '../counterparts/installed-program.ts';
import { documentedExamples, documentedSettings, exampleSecret } from '../documented-channels.ts';
import { runCli, withFolder } from '../program.ts';

it('accepts the documented examples of channels unchanged, with the documented variables', () =>
  withFolder(async (folder) => {
    const settings = documentedSettings();
    const channels = settings.flatMap(({ channels: own = [] }) => own);
    const variables = channels.flatMap((setting) => {
      const { secrets = [] } = CHANNEL_KINDS.find(({ kind }) => kind === setting.kind) ?? {};
      const needed = secrets.filter((option) => option !== 'keyPassword');
      return needed.map((option) => [secretVariable(setting.id, option), exampleSecret(setting, option)]);
    });
    // Merged into one file as a user would do it: other settings once, and all channels.
    const examples = documentedExamples().filter((example) => !('specversion' in example));
    const written = Object.assign({}, ...examples) as Readonly<Record<string, unknown>>;
    const given = documentedExamples().flatMap((example) =>
      Array.isArray(example.channels) ? (example.channels as unknown[]) : [],
    );
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...written, channels: given }));
    const { code, stdout, stderr } = await runCli(['channels', 'list'], {
      MONITOR_DATA_DIR: folder,
      ...Object.fromEntries(variables),
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toEqual(channels.map(({ id, kind }) => `${id}\t${kind}\tready`));
  }));

it.skipIf(installedProgram('jq') === null)(
  'prints lines to standard output from which jq reads the coin as documented',
  () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/channels.md'), 'utf8');
    const [, filter = ''] = /^crypto-price-monitor run \| (jq .*)$/m.exec(page) ?? [];
    const envelope = documentedExamples().find((example) => 'specversion' in example);
    const printed = execFileSync('sh', ['-c', filter], {
      input: `${JSON.stringify(envelope)}\n`,
      encoding: 'utf8',
    });
    expect(printed).toBe('bitcoin: price changed by more than 2% from the 5-min average\n');
  },
);
