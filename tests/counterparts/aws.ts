import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts } from './accepts.ts';
import { serviceFolder, startService } from './child-service.ts';
import { installedProgram } from './installed-program.ts';
import { PYTHON_PACKAGES, pythonLacks } from './python.ts';
import { servicePort } from './service-port.ts';

/** Why no AWS can be started here, or null. */
export const awsIsMissing: string | null = pythonLacks('moto', 'flask_cors');

/** How statements end whose text contains `match`: with a state of Athena or of Redshift, and the reason of a failure. */
export type Outcome = { readonly match: string; readonly state: string; readonly reason?: string };

/** A call of Athena or Redshift; `fault` is what is wrong with it by the service's own description, or null. */
export type AwsCall = {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly fault: string | null;
};

export type Aws = {
  readonly endpoint: string;
  /** What a process needs to use it, by the variables of the SDK. */
  readonly env: Readonly<Record<string, string>>;
  /** The calls since `forget`, in order. */
  calls(): readonly AwsCall[];
  forget(): void;
  /** How statements end from now on; null for well. */
  end(outcome: Outcome | null): void;
  /** Whether it refuses every call from now on. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
};

/** Starts Athena, Redshift Data, Glue and S3 of moto on 127.0.0.1, see `python/aws.py`. */
export async function startAws(): Promise<Aws> {
  const python = installedProgram('python3');
  if (python === null || awsIsMissing !== null) throw new Error(awsIsMissing ?? '');
  const folder = serviceFolder('aws');
  const port = await servicePort();
  const service = await startService({
    program: python,
    args: [join(import.meta.dirname, 'python/aws.py'), String(port), folder.path],
    cwd: folder.path,
    env: { PYTHONPATH: PYTHON_PACKAGES },
    isReady: () => accepts(port),
  });
  const [notes, outcomes, refuses] = ['calls.jsonl', 'outcome.json', 'refuses'].map((name) =>
    join(folder.path, name),
  ) as [string, string, string];
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-central-1',
    },
    calls() {
      const lines = existsSync(notes) ? readFileSync(notes, 'utf8').split('\n').slice(0, -1) : [];
      return lines.map((line) => JSON.parse(line) as AwsCall);
    },
    forget: () => rmSync(notes, { force: true }),
    end: (outcome) => writeFileSync(outcomes, JSON.stringify(outcome ?? {})),
    refuse(isRefusing) {
      if (isRefusing) writeFileSync(refuses, '');
      else rmSync(refuses, { force: true });
    },
    async close() {
      await service.end('SIGKILL');
      folder.remove();
    },
  };
}
