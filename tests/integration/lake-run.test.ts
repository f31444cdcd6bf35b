import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { athenaService } from '../../electron/monitor/store/lake/athena-service.ts';
import { runStatements } from '../../electron/monitor/store/lake/run-statements.ts';
import { type Aws, awsIsMissing, startAws } from '../counterparts/aws.ts';
import { runCli, startCommand, until } from '../program.ts';
import { januaryTicks } from './archive-fixture.ts';
import { openTestStorage, withDataDir } from './storage-fixture.ts';

const REDSHIFT = ['--workgroup', 'analysts', '--database', 'dev'];

describe.skipIf(awsIsMissing !== null)(`lake --run (${awsIsMissing ?? 'moto'})`, () => {
  let aws: Aws;
  let env: Readonly<Record<string, string>>;
  const done = Promise.withResolvers<void>();
  let folder: Promise<void>;

  beforeAll(async () => {
    aws = await startAws();
    await new S3Client({
      endpoint: aws.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      forcePathStyle: true,
    }).send(
      new CreateBucketCommand({
        Bucket: 'prices',
        CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
      }),
    );
    const ready = Promise.withResolvers<void>();
    folder = withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: januaryTicks(3), alerts: [] });
      await storage.untilWritten();
      env = {
        ...aws.env,
        MONITOR_DATA_DIR: dataDir,
        MONITOR_ARCHIVE_URL: `s3://prices/monitor?endpoint=${aws.endpoint}&path-style=true&region=eu-central-1`,
        MONITOR_KEEP_MINUTES_DAYS: '90',
      };
      expect(await runCli(['archive', 'run'], env)).toMatchObject({ code: 0 });
      ready.resolve();
      await done.promise;
      await storage.stop(10_000);
    });
    await Promise.race([ready.promise, folder]);
  });
  afterAll(async () => {
    done.resolve();
    try {
      await folder;
    } finally {
      await aws?.close();
    }
  });

  /** Sets the result of statements, and whether calls are refused, until the end of the test. */
  function given(outcome: Parameters<Aws['end']>[0], isRefusing = false): void {
    aws.forget();
    aws.end(outcome);
    aws.refuse(isRefusing);
    onTestFinished(() => {
      aws.end(null);
      aws.refuse(false);
    });
  }

  const printed = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await runCli(['lake', ...args], env)).stdout.split(/;\n\n?/).filter((one) => one !== '');

  it.each([
    [
      'athena',
      ['--output', 's3://prices/results/'],
      ['StartQueryExecution', 'QueryString', 'GetQueryExecution'],
    ],
    ['redshift', REDSHIFT, ['ExecuteStatement', 'Sql', 'DescribeStatement']],
  ] as const)(
    'runs the printed statements on %s, one after another',
    async (engine, at, [start, text, look]) => {
      const statements = await printed(engine);
      expect(statements.length).toBeGreaterThan(5);
      given(null);
      const { code, stdout, stderr } = await runCli(['lake', engine, '--run', ...at], env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const calls = aws.calls();
      expect(calls.filter(({ fault }) => fault !== null)).toEqual([]);
      const started = calls.filter(({ operation }) => operation.endsWith(start));
      expect(stdout.trimEnd().split('\n').at(-1)).toContain(
        `statement ${started.length} of ${started.length}`,
      );
      // A printed transaction is a single call.
      const ran = started.flatMap(({ input }) =>
        Array.isArray(input.Sqls) ? ['begin', ...input.Sqls, 'commit'] : [input[text]],
      );
      expect(ran).toEqual(statements);
      expect(started.filter(({ input }) => input.Sqls !== undefined)).toHaveLength(
        engine === 'redshift' ? 1 : 0,
      );
      // The result of each statement is fetched before the next one starts.
      const order = calls.map(({ operation }) => operation).join(' ');
      expect(order).toMatch(new RegExp(`^((Batch)?${start}( ${look})+ ?){${started.length}}$`));
      const [{ input } = { input: {} }] = started;
      expect(input).toMatchObject(
        engine === 'athena'
          ? { ResultConfiguration: { OutputLocation: 's3://prices/results/' } }
          : { Database: 'dev', WorkgroupName: 'analysts' },
      );
      expect(new Set(started.map((one) => one.input.ClientRequestToken ?? one.input.ClientToken)).size).toBe(
        started.length,
      );
    },
  );

  it.each([
    [
      'athena',
      'FAILED',
      [],
      /Athena could not run statement 3 of \d+ \(create external .*: no such bucket\./,
    ],
    ['redshift', 'FAILED', REDSHIFT, /Redshift could not run statement 2 of \d+ .*: no such bucket\./],
    ['redshift', 'ABORTED', REDSHIFT, /Redshift cancelled statement 2 of/],
  ] as const)('stops when a statement of %s ended as %s', async (engine, state, at, expected) => {
    const match = engine === 'athena' ? 'create external table' : 'drop table';
    given({ match, state, reason: 'no such bucket' });
    const { code, stderr } = await runCli(['lake', engine, '--run', ...at], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(expected);
    const started = aws.calls().filter(({ operation }) => /^(Start|Execute)/.test(operation));
    expect(started).toHaveLength(engine === 'athena' ? 3 : 2);
  });

  it.each([
    ['athena', [], 'RUNNING', 'StopQueryExecution'],
    ['redshift', REDSHIFT, 'STARTED', 'CancelStatement'],
  ] as const)('cancels the statement of %s on a signal', async (engine, at, state, cancel) => {
    given({ match: 'drop table', state });
    const command = startCommand(['lake', engine, '--run', ...at], env);
    await until(() => aws.calls().some(({ input }) => JSON.stringify(input).includes('drop table')));
    command.kill('SIGINT');
    const { code, stderr } = await command.finished;
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted by SIGINT');
    const calls = aws.calls();
    expect(calls.at(-1)).toMatchObject({ operation: cancel, fault: null });
    expect(calls.filter(({ operation }) => /^(Start|Execute)/.test(operation))).toHaveLength(2);
  });

  it('cancels a statement that takes too long', async () => {
    given({ match: 'select 1', state: 'RUNNING' });
    for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const service = athenaService({ region: 'eu-central-1' });
    const { signal } = new AbortController();
    const running = runStatements({
      service,
      statements: ['select 1', 'select 2'],
      timeoutMs: 1,
      signal,
      onDone: () => undefined,
    });
    await expect(running).rejects.toThrow(/did not finish statement 1 of 2 \(select 1; .* was cancelled/);
    service.close();
    expect(aws.calls().map(({ operation }) => operation)).toEqual([
      'StartQueryExecution',
      'StopQueryExecution',
    ]);
  });

  it('reports why it is refused or cannot reach the service', async () => {
    given(null, true);
    expect((await runCli(['lake', 'athena', '--run'], env)).stderr).toMatch(
      /Athena refuses access: .*not authorized to perform StartQueryExecution/,
    );
    const away = { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' };
    expect((await runCli(['lake', 'redshift', '--run', ...REDSHIFT], away)).stderr).toMatch(
      /Redshift cannot be reached: .*ECONNREFUSED/,
    );
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...anonymous } = env;
    const nobody = { ...anonymous, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
    expect((await runCli(['lake', 'athena', '--run'], nobody)).stderr).toMatch(/No credentials for Athena/);
  });

  it.each([
    [['redshift', '--run'], /Redshift needs --database/],
    [['duckdb', '--run'], /--run is for athena and redshift/],
    [['athena', '--name', 'a-b'], /lower-case letters, digits and underscores/],
  ] as const)('reports what is wrong with %j', async (args, expected) => {
    const { code, stdout, stderr } = await runCli(['lake', ...args], env);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(expected);
  });
});
