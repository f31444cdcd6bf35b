import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Runs a program of this folder that prints its steps, and kills it after the given number of steps.
 *
 * @returns the step after which it was killed, or the last one
 */
export async function runAndKill(program: string, args: readonly string[], steps: number): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  let printed: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed = [...printed, ...chunk.split('\n').filter((line) => line !== '')];
    if (printed.length >= steps) child.kill('SIGKILL');
  });
  const [code] = await closed;
  if (code !== null && code !== 0) throw new Error(`${program} failed: ${errors}`);
  return printed.at(-1) ?? '';
}
