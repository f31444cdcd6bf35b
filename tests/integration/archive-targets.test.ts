import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ArchiveTarget } from '../../electron/monitor/store/archive/targets/archive-target.ts';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { type HdfsCluster, hdfsIsMissing, startHdfs } from '../counterparts/hdfs.ts';
import { type ObjectGateway, radosgwIsMissing, S3_KEYS, startRadosgw } from '../counterparts/radosgw.ts';
import { runCli } from '../program.ts';
import { januaryTicks } from './archive-fixture.ts';
import { openTestStorage, queryEmbedded, withDataDir } from './storage-fixture.ts';

const MEGABYTE = 1_048_576;
const PATH = 'ticks/source=a%20c/month=2026-01/part-0001.parquet';

/** Bytes that cannot be compressed. */
function bytesOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // `Uint8Array.from` with a function takes ten times as long.
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 2_654_435_761) >>> 24;
  return bytes;
}

async function write(target: ArchiveTarget, path: string, bytes: Uint8Array): Promise<void> {
  const upload = await target.create(path);
  try {
    for (let from = 0; from < bytes.length; from += MEGABYTE)
      await upload.write(bytes.subarray(from, Math.min(bytes.length, from + MEGABYTE)));
    await upload.commit();
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

async function listed(target: ArchiveTarget): Promise<readonly (readonly [string, number])[]> {
  const files: (readonly [string, number])[] = [];
  for await (const { path, bytes } of target.list('ticks')) files.push([path, bytes]);
  return files.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The guarantees of every target. */
function targetContract(open: () => Promise<ArchiveTarget>): void {
  let target: ArchiveTarget;
  beforeAll(async () => {
    target = await open();
  });
  afterAll(() => target?.close());

  it('keeps a file after its commit, and returns any part of it', async () => {
    const bytes = bytesOf(20 * MEGABYTE + 17);
    const upload = await target.create(PATH);
    await upload.write(bytes.subarray(0, 9 * MEGABYTE));
    expect(await listed(target)).toEqual([]);
    await upload.write(bytes.subarray(9 * MEGABYTE));
    await upload.commit();
    expect(await listed(target)).toEqual([[PATH, bytes.length]]);
    const source = await target.open(PATH);
    expect(source.size).toBe(bytes.length);
    for (const [from, to] of [
      [0, 4],
      [8 * MEGABYTE - 3, 8 * MEGABYTE + 5],
      [bytes.length - 8, bytes.length],
    ] as const)
      expect(Buffer.from(await source.read(from, to))).toEqual(Buffer.from(bytes.subarray(from, to)));
    await source.close();
  });

  it('does not replace a file', async () => {
    await expect(write(target, PATH, bytesOf(10))).rejects.toMatchObject({ fault: 'exists' });
    await expect(write(target, PATH, bytesOf(9 * MEGABYTE))).rejects.toMatchObject({ fault: 'exists' });
    expect(await listed(target)).toEqual([[PATH, 20 * MEGABYTE + 17]]);
  });

  it('keeps nothing of an aborted or abandoned upload', async () => {
    const other = PATH.replace('0001', '0002');
    const upload = await target.create(other);
    await upload.write(bytesOf(9 * MEGABYTE));
    await upload.abort();
    const left = await target.create(other);
    await left.write(bytesOf(9 * MEGABYTE));
    await target.discardUploads(other);
    await left.abort();
    expect(await listed(target)).toEqual([[PATH, 20 * MEGABYTE + 17]]);
  });

  it('reports the name of a missing file', async () => {
    const path = 'ticks/nothing.parquet';
    await expect(target.open(path)).rejects.toMatchObject({ fault: 'missing' });
    await expect(target.open(path)).rejects.toThrow(`Cannot read ${path} in ${target.url}`);
  });

  it('removes a file, even if it is already removed', async () => {
    await target.remove(PATH);
    await target.remove(PATH);
    expect(await listed(target)).toEqual([]);
  });
}

type Environment = Readonly<Record<string, string>>;

type Commanded = {
  readonly url: string;
  readonly env: Environment;
  /** Environment variables with which the archive refuses access. */
  readonly wrong: Environment;
  /** The URL of an archive with too little space, once it is filled. */
  readonly full: string;
  fill(): Promise<void>;
  unfill(): Promise<void>;
};

/** Checks that the command reports a wrong key, missing space, and lost and damaged files, and drops nothing from the database. */
function commandDropsNothing({ url, env, wrong, full, fill, unfill }: Commanded): Promise<void> {
  return withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    await storage.accept({ ticks: januaryTicks(100), alerts: [] });
    await storage.untilWritten();
    const archive = (given: Environment, ...args: string[]) =>
      runCli(['archive', ...args], { MONITOR_DATA_DIR: dataDir, MONITOR_ARCHIVE_URL: url, ...env, ...given });
    const stored = () => queryEmbedded(dataDir, 'select count(*)::integer as count from series_ticks');
    const refused = await archive(wrong, 'run');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/Cannot \w+ ticks\/.*: access is refused: .*Check the credentials/);
    await fill();
    const tooSmall = await archive({ MONITOR_ARCHIVE_URL: full }, 'run');
    await unfill();
    expect(tooSmall.stderr).toMatch(/Cannot \w+ ticks\/.*there is no space/);
    expect(tooSmall).toMatchObject({ code: 1, stdout: '' });
    expect(await stored()).toEqual([{ count: 300 }]);
    expect(await archive({}, 'run')).toMatchObject({ code: 0 });
    expect(await stored()).toEqual([{ count: 0 }]);
    const target = await openTarget(url, process.env);
    const paths: string[] = [];
    for await (const { path } of target.list('ticks')) paths.push(path);
    const [lost = '', flipped = ''] = paths.sort();
    const source = await target.open(flipped);
    const bytes = Buffer.from(await source.read(0, source.size));
    await source.close();
    await target.remove(lost);
    await target.remove(flipped);
    await write(target, flipped, bytes.with(500, (bytes[500] ?? 0) ^ 1));
    target.close();
    const verified = await archive({}, 'verify');
    expect(verified).toMatchObject({ code: 1 });
    expect(verified.stdout).toContain(`Cannot read ${lost}`);
    expect(verified.stdout).toContain('it does not exist');
    expect(verified.stdout).toContain('its bytes are not those that were written');
    expect((await archive({}, 'restore', '--only', 'ticks')).code).toBe(1);
    expect(await stored()).toEqual([{ count: 0 }]);
    await storage.stop(10_000);
  });
}

describe('a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'archive-target-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  targetContract(() => openTarget(folder, {}));

  it('must exist', async () => {
    const target = await openTarget(join(folder, 'unmounted'), {});
    await expect(target.create(PATH)).rejects.toThrow('does not exist. Create it, or mount the disk');
  });
});

describe.skipIf(radosgwIsMissing !== null)(
  `S3 of Ceph${radosgwIsMissing ? ` (${radosgwIsMissing})` : ''}`,
  () => {
    let gateway: ObjectGateway;
    const url = (): string =>
      `s3://prices/archive?endpoint=${gateway.endpoint}&path-style=true&region=us-east-1`;
    const withKeys = (keys: typeof S3_KEYS): void => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', keys.accessKeyId);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', keys.secretAccessKey);
    };
    beforeAll(async () => {
      gateway = await startRadosgw();
      await gateway.createBucket('prices');
      withKeys(S3_KEYS);
    });
    afterAll(() => {
      vi.unstubAllEnvs();
      return gateway?.close();
    });
    targetContract(() => openTarget(url(), process.env));

    it('refuses a wrong key, and a missing bucket', async () => {
      withKeys({ ...S3_KEYS, secretAccessKey: 'wrong' });
      const refused = await openTarget(url(), process.env);
      await expect(write(refused, PATH, bytesOf(10))).rejects.toMatchObject({ fault: 'refused' });
      await expect(write(refused, PATH, bytesOf(10))).rejects.toThrow('Check the credentials');
      refused.close();
      withKeys(S3_KEYS);
      const elsewhere = await openTarget(url().replace('prices', 'nothing'), process.env);
      await expect(write(elsewhere, PATH, bytesOf(10))).rejects.toThrow('NoSuchBucket');
      elsewhere.close();
    });

    it('makes the command report the error, and drop nothing', async () => {
      await gateway.createBucket('tiny');
      await commandDropsNothing({
        url: url().replace('/archive?', '/command?'),
        env: { AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey },
        wrong: { AWS_SECRET_ACCESS_KEY: 'wrong' },
        full: url().replace('prices', 'tiny'),
        async fill() {
          await gateway.limitBuckets(2_000);
        },
        async unfill() {
          await gateway.limitBuckets(1_000 * MEGABYTE);
        },
      });
    });

    it('reports that it is full', async () => {
      await gateway.createBucket('small');
      await gateway.limitBuckets(MEGABYTE);
      const target = await openTarget(url().replace('prices', 'small'), process.env);
      await expect(write(target, PATH, bytesOf(9 * MEGABYTE))).rejects.toMatchObject({ fault: 'full' });
      target.close();
    });
  },
);

describe.skipIf(hdfsIsMissing !== null)(`HDFS${hdfsIsMissing ? ` (${hdfsIsMissing})` : ''}`, () => {
  let cluster: HdfsCluster;
  const url = (folder: string, user = 'prices'): string =>
    `webhdfs://127.0.0.1:${cluster.port}/${folder}?user.name=${user}`;
  beforeAll(async () => {
    cluster = await startHdfs();
  });
  afterAll(() => cluster?.close());
  targetContract(() => openTarget(url('archive'), {}));

  it('refuses another user, and an invalid token', async () => {
    const other = await openTarget(url('archive', 'somebody'), {});
    await expect(write(other, PATH, bytesOf(10))).rejects.toMatchObject({ fault: 'refused' });
    const target = await openTarget(url('archive'), { HDFS_DELEGATION_TOKEN: 'KAAKSm9i' });
    await expect(write(target, PATH, bytesOf(10))).rejects.toThrow('Cannot write');
  });

  it('makes the command report the error, and drop nothing', () =>
    commandDropsNothing({
      url: url('archive/command'),
      env: {},
      wrong: { MONITOR_ARCHIVE_URL: url('archive/command', 'somebody') },
      full: url('small'),
      fill: async () => undefined,
      unfill: async () => undefined,
    }));

  it('reports that it is full', async () => {
    const target = await openTarget(url('small'), {});
    await expect(write(target, PATH, bytesOf(9 * MEGABYTE))).rejects.toMatchObject({ fault: 'full' });
  });
});

it('an HDFS that does not listen is reported as unavailable', async () => {
  const target = await openTarget('webhdfs://127.0.0.1:9/archive', {});
  await expect(target.open(PATH)).rejects.toMatchObject({ fault: 'unavailable' });
});
