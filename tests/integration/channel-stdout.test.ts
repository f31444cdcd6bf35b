import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { envelopeSchema } from '../../electron/monitor/delivery/envelope.ts';
import { documentedChannel } from '../documented-channels.ts';
import { alertLines, CLI, runCli, until, withFolder } from '../program.ts';
import { startLevelMarket } from './level-market.ts';

/** The documented example. */
const EXAMPLE = documentedChannel('stdout');
const SETTINGS = JSON.stringify({ channels: [EXAMPLE] });

describe('standard output', () => {
  it('has the test alert as a line of JSON, before the output of the command', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'settings.json'), SETTINGS);
      const { code, stdout } = await runCli(['channels', 'test', EXAMPLE.id, '--data-dir', folder]);
      expect(code).toBe(0);
      const [event = '', result] = stdout.split('\n');
      expect(envelopeSchema.parse(JSON.parse(event))).toMatchObject({ data: { rule: 'test' } });
      expect(result).toMatch(new RegExp(`^${EXAMPLE.id}: delivered in \\d+ ms$`));
    });
  });

  it('has a line of JSON for each alert and nothing else, and the program keeps running when its reader exits', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'settings.json'), SETTINGS);
      const market = await startLevelMarket(folder);
      const { PATH = '', HOME = '' } = process.env;
      const program = spawn(process.execPath, [CLI, 'run'], {
        env: { PATH, HOME, ...market.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const closed = once(program, 'close');
      let lines = '';
      let log = '';
      program.stdout.setEncoding('utf8').on('data', (text: string) => {
        lines += text;
      });
      program.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
      try {
        await until(async () => {
          await market.cross();
          return lines.split('\n').length > 2;
        });
        const events = lines.split('\n').slice(0, -1);
        for (const event of events) {
          expect(envelopeSchema.parse(JSON.parse(event))).toMatchObject({ subject: 'bitcoin' });
        }

        program.stdout.destroy();
        const before = alertLines(folder).length;
        await until(async () => {
          await market.cross();
          return alertLines(folder).length > before + 1;
        });
        await until(() => log.includes('Standard output has no reader any more.'));
        expect(program.exitCode).toBeNull();
      } finally {
        program.kill('SIGTERM');
        await closed;
        await market.close();
      }
      expect(program.exitCode).toBe(0);
    });
  });
});
