import { spawn } from 'node:child_process';
import { withoutSecrets } from '../../secrets/from-environment.ts';
import type { Program } from './programs.ts';

const MAX_OUTPUT_CHARACTERS = 300;

/** The result of a program: its exit code, or that it is not installed. */
export type Ended = { readonly isMissing: boolean; readonly code: number | null; readonly output: string };

/**
 * Runs a program with a text on its standard input, until it ends or the signal aborts, which kills it. Never rejects.
 */
export function runSpeechProgram(
  { command, args }: Program,
  input: string,
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      signal,
      env: { ...withoutSecrets(process.env) },
      stdio: ['pipe', 'ignore', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, MAX_OUTPUT_CHARACTERS);
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ isMissing: error.code === 'ENOENT', code: null, output: error.message }),
    );
    child.on('close', (code) => resolve({ isMissing: false, code, output: output.trim() }));
    child.stdin.on('error', () => undefined); // it ended without reading, as its exit code shows
    child.stdin.end(input);
  });
}
