import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
/** Imports of values. Those of types do not exist in the built program, and `import()` loads a module later. */
const IMPORT = /^(?:import|export) (?!type )(?:(?!;)[\s\S])*?from '([^']+)';/gm;

/** The packages that are loaded when a file is loaded, each with the file that imports it. */
function packagesOf(entry: string): ReadonlyMap<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const [, imported = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)) {
      if (imported.startsWith('.')) seen.add(normalize(join(dirname(file), imported)));
      else packages.set(imported, file);
    }
  }
  return packages;
}

describe('a start of the monitor', () => {
  const packages = packagesOf('electron/monitor/compose.ts');

  it('loads the packages that every start needs', () => {
    expect([...packages.keys()]).toEqual(expect.arrayContaining(['pg', 'pino', 'better-queue', 'zod']));
  });

  // Each would take megabytes of memory in a process that runs for months.
  it.each([
    '@redis/client',
    'hyparquet',
    'hyparquet-writer',
    '@platformatic/kafka',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sns',
    '@aws-sdk/client-kinesis',
    'amqplib',
    'mqtt',
    'nodemailer',
    'handlebars',
  ])('loads %s only when it is used', (name) => {
    expect(packages.get(name)).toBeUndefined();
  });
});
