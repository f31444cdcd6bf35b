import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts } from './accepts.ts';
import { type RestartableService, serviceFolder, startRestartable } from './child-service.ts';
import { servicePort } from './service-port.ts';

/** Services from npm packages, each run in a separate process, so that it can be killed. */
export const OWN_SERVICES = ['webhook', 'smtp', 'mqtt', 'sns', 'kinesis'] as const;
export type OwnServiceName = (typeof OWN_SERVICES)[number];

export type OwnService = RestartableService & {
  readonly port: number;
  /** What `serve-own.ts` noted of each message before it acknowledged it, in order. */
  noted(): readonly string[];
};

const PROGRAM = join(import.meta.dirname, 'serve-own.ts');

/** Starts a service on 127.0.0.1 with a port and a folder of its own. */
export async function startOwnService(name: OwnServiceName): Promise<OwnService> {
  const folder = serviceFolder(name);
  const port = await servicePort();
  const service = await startRestartable(folder, {
    program: process.execPath,
    args: [PROGRAM, name, String(port), folder.path],
    isReady: () => accepts(port),
  });
  return {
    ...service,
    port,
    noted() {
      const path = notesOf(folder.path);
      return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
    },
  };
}

/** Notes what is about to be acknowledged. A killed process does not lose what it wrote. */
export function note(folder: string, lines: readonly string[]): void {
  appendFileSync(notesOf(folder), lines.map((line) => `${line}\n`).join(''));
}

const notesOf = (folder: string): string => join(folder, 'noted.txt');
