import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { faultsFirst, startService } from './child-service.ts';

describe('a service that does not start', () => {
  it('reports how it ended, and first its error output', async () => {
    const prints = `
      console.log('');
      for (let line = 0; line < 50; line++) console.log('INFO starting part ' + line);
      console.error('java.net.BindException: Address already in use');
      process.exit(3)`;
    const start = startService({
      program: process.execPath,
      args: ['-e', prints],
      cwd: tmpdir(),
      isReady: () => false,
    });
    await expect(start).rejects.toThrow(
      /ended with 3: java\.net\.BindException: Address already in use\nIn full:\nINFO starting part 0\n/,
    );
  });

  it.each([
    ['', 'it printed nothing'],
    ['\n \n', 'it printed nothing'],
    ['one\n\ntwo\n', 'one\ntwo'],
  ])('has printed %j', (output, printed) => {
    expect(faultsFirst(output)).toBe(printed);
  });

  it('quotes a few lines of errors, and the end of the other output', () => {
    const lines = Array.from({ length: 900 }, (_, line) => `error ${line}`);
    const printed = faultsFirst(lines.join('\n')).split('\n');
    expect(printed.indexOf('In full:')).toBe(8);
    expect(printed.at(-1)).toBe('error 899');
    expect(printed.join('\n').length).toBeLessThan(4_200);
  });
});
