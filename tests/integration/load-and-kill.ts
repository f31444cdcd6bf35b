import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Runs `storage-load.ts` and kills it.
 *
 * @param first the number of the first batch
 * @param moment called when the first batch was accepted; the program is killed when it resolves
 * @returns the numbers of the batches that were accepted
 */
export async function loadAndKill(
  dataDir: string,
  first: number,
  moment: () => Promise<unknown>,
): Promise<readonly number[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'storage-load.ts'), dataDir, String(first)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
  });
  await once(child.stdout, 'data');
  await moment();
  child.kill('SIGKILL');
  await closed;
  // The last line may be incomplete.
  return printed.split('\n').slice(0, -1).map(Number);
}
