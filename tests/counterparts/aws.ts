import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts } from './accepts.ts';
import { serviceFolder, startService } from './child-service.ts';
import { installedProgram } from './installed-program.ts';
import { PYTHON_PACKAGES, pythonLacks } from './python.ts';
import { servicePort } from './service-port.ts';

/** Why no AWS can be started here, or null. */
export const awsIsMissing: string | null = pythonLacks('moto', 'flask_cors');

/** The result of statements whose text contains `match`: a state of Athena or Redshift, and the reason for a failure. */
export type Outcome = { readonly match: string; readonly state: string; readonly reason?: string };

/** A call of Athena or Redshift; `fault` is how it violates the service's own API description, or null. */
export type AwsCall = {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly fault: string | null;
};

export type Aws = {
  readonly endpoint: string;
  /** Environment variables with which the SDK of another process uses it. */
  readonly env: Readonly<Record<string, string>>;
  /** The calls since `forget`, in order. */
  calls(): readonly AwsCall[];
  forget(): void;
  /** Sets the result of later statements; null lets them succeed. */
  end(outcome: Outcome | null): void;
  /** Sets whether it refuses every later call. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
};

/** Starts moto's Athena, Redshift Data, Glue and S3 on 127.0.0.1, see `python/aws.py`. */
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
