import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import electronPackage from '../node_modules/electron/package.json' with { type: 'json' };
import { ACCEPTED_FINDINGS } from './accepted-findings.ts';

/** From Electronegativity's attributes: informational 0, low 1, medium 2, high 3. */
const MEDIUM = 2;

const resultSchema = z.object({
  globalChecks: z.number(),
  atomicChecks: z.number(),
  /** Files that could not be parsed and were therefore not checked. */
  errors: z.array(z.object({ file: z.string(), message: z.string() })),
  issues: z.array(
    z.object({
      id: z.string(),
      file: z.string(),
      location: z.object({ line: z.number() }),
      severity: z.object({ name: z.string(), value: z.number() }),
      description: z.string(),
    }),
  ),
});
type Result = z.infer<typeof resultSchema>;
type Issue = Result['issues'][number];

/** `npm exec` puts the commands of the fetched package first in the PATH. */
function findElectronegativity(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder, '../@doyensec/electronegativity');
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  throw new Error('Electronegativity was not found. Run `npm run lint:electron`.');
}

/**
 * Blocks the network for this process. The tool requests translations and the list of Electron's releases, and fails
 * with an unhandled error without them. This check does not cover the version of Electron.
 */
function closeNetwork(): void {
  https.request = (): ReturnType<typeof https.request> => {
    const request = new EventEmitter();
    const quiet = (): EventEmitter => request;
    Object.assign(request, { end: quiet, write: quiet, destroy: quiet, abort: quiet, setTimeout: quiet });
    process.nextTick(() => request.emit('error', new Error('The network is closed for this check.')));
    return request as ReturnType<typeof https.request>;
  };
}

async function check(folder: string): Promise<Result> {
  const run = createRequire(import.meta.url)(findElectronegativity());
  return resultSchema.parse(
    await run({
      input: folder,
      customScan: [],
      excludeFromScan: ['AvailableSecurityFixesGlobalCheck'],
      // Parser options for the sources.
      parserPlugins: ['importAttributes', 'explicitResourceManagement'],
      electronVersionOverride: electronPackage.version,
      isRelative: true,
    }),
  );
}

const describe = ({ id, file, location, severity, description }: Issue): string =>
  `${severity.name.toLowerCase()}: ${id} in ${file}:${location.line}\n  ${description}`;

/** The problems of the sources, one readable line each. */
function faults({ errors, issues }: Result): readonly string[] {
  const serious = issues.filter(({ severity }) => severity.value >= MEDIUM);
  const isAccepted = (issue: Issue): boolean =>
    ACCEPTED_FINDINGS.some(({ id, file }) => id === issue.id && (file === null || file === issue.file));
  const outlived = ACCEPTED_FINDINGS.filter(
    ({ id, file }) => !serious.some((issue) => issue.id === id && (file === null || file === issue.file)),
  );
  return [
    ...errors.map(({ file, message }) => `not checked: ${file}\n  ${message}`),
    ...serious.filter((issue) => !isAccepted(issue)).map(describe),
    ...outlived.map(({ id, file }) => `accepted but no longer found: ${id} in ${file ?? 'the app'}`),
  ];
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('Usage: electron-findings.ts <folder with the sources>');
closeNetwork();
const result = await check(folder);
const found = faults(result);
for (const line of found) process.stdout.write(`${line}\n`);
process.stdout.write(
  `${result.globalChecks + result.atomicChecks} checks, ${result.issues.length} findings, ` +
    `${ACCEPTED_FINDINGS.length} of them accepted, ${found.length} open\n`,
);
process.exitCode = found.length === 0 ? 0 : 1;
