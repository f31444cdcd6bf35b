import { spawn } from 'node:child_process';
import type { ServerAccount } from './server-account.ts';

/** PostgreSQL's programs in plain English whatever the user's language, so that their messages can be read. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PGDATA: _, PGPORT: __, PGHOST: ___, ...environment } = process.env;
  return { ...environment, LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * Runs a program of PostgreSQL to its end.
 *
 * @param input what it reads from its standard input
 * @returns what it said on standard error
 * @throws Error with what it said when it fails
 */
export async function runProgram(
  account: ServerAccount,
  program: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const command = account.command(program, args);
  const child = spawn(command.file, command.args, {
    ...command.ids,
    // The server's account may not be able to enter our own working folder.
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  child.stdin.on('error', () => undefined); // it ended without reading all, and says why
  child.stdin.end(input);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} failed (${signal ?? `exit code ${code}`}): ${said.trim()}`));
    });
  });
  return said;
}
