import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type HdfsCluster, hdfsIsMissing, startHdfs } from '../counterparts/hdfs.ts';
import { type ObjectGateway, radosgwIsMissing, S3_KEYS, startRadosgw } from '../counterparts/radosgw.ts';
import { killArchiving } from './archive-kills.ts';
import { killBackups } from './backup-kills.ts';
import { killsOr } from './kills.ts';
import { withDataDir } from './storage-fixture.ts';

/** With `KILLS=30`, thirty kills of archiving and thirty of backups and restores, on each target. */
const ROUNDS = killsOr(5);
const options = { timeout: 300_000 + ROUNDS * 60_000 };

/** @param placeOf the URL of a folder of the target */
function keepsEverything(placeOf: (dataDir: string, name: string) => string): void {
  it('archiving that is killed keeps every tick readable exactly once', options, () =>
    withDataDir((dataDir) => killArchiving(dataDir, placeOf(dataDir, 'archive'), ROUNDS)),
  );

  it('a backup and a restore that are killed continue, and keep every row', options, () =>
    withDataDir((dataDir) => killBackups(dataDir, placeOf(dataDir, 'backups'), ROUNDS)),
  );
}

describe('in a folder', () => {
  keepsEverything((dataDir, name) => {
    mkdirSync(join(dataDir, name));
    return join(dataDir, name);
  });
});

describe.skipIf(radosgwIsMissing !== null)(`on S3 of Ceph${because(radosgwIsMissing)}`, () => {
  let gateway: ObjectGateway;
  beforeAll(async () => {
    gateway = await startRadosgw();
    await gateway.createBucket('prices');
    process.env.AWS_ACCESS_KEY_ID = S3_KEYS.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = S3_KEYS.secretAccessKey;
  });
  afterAll(() => gateway?.close());
  keepsEverything(
    (_, name) => `s3://prices/${name}?endpoint=${gateway.endpoint}&path-style=true&region=us-east-1`,
  );
});

describe.skipIf(hdfsIsMissing !== null)(`on HDFS${because(hdfsIsMissing)}`, () => {
  let cluster: HdfsCluster;
  beforeAll(async () => {
    cluster = await startHdfs();
  });
  afterAll(() => cluster?.close());
  keepsEverything((_, name) => `webhdfs://127.0.0.1:${cluster.port}/archive/${name}?user.name=prices`);
});

function because(missing: string | null): string {
  return missing === null ? '' : ` (${missing})`;
}
