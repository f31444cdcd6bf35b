import { spawn } from 'node:child_process';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { withoutSecrets } from '../../secrets/from-environment.ts';
import type { ServerAccount } from './server-account.ts';

/**
 * The environment of PostgreSQL's programs, with messages in English, so that they can be parsed, and without secrets: they may run
 * as another user.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PGDATA: _, PGPORT: __, PGHOST: ___, ...environment } = withoutSecrets(process.env);
  return { ...environment, LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * Runs a program of PostgreSQL and waits for it to exit.
 *
 * @param input its standard input
 * @returns its standard error
 * @throws Error with its standard error when it fails
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
    // The server's account may not have access to the current folder.
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  child.stdin.on('error', () => undefined); // it exited without reading everything, and reports why
  child.stdin.end(input);
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new MessageError(
            message('embedded.program-failed', {
              program,
              how: message('embedded.exit', { code, signal }),
              said: output.trim(),
            }),
          ),
        );
    });
  });
  return output;
}
