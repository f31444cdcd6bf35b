import { afterAll, beforeAll, describe, vi } from 'vitest';
import { type ObjectGateway, radosgwIsMissing, S3_KEYS, startRadosgw } from '../counterparts/radosgw.ts';
import { keepsEverything } from './archive-kills.ts';

describe.skipIf(radosgwIsMissing !== null)(`on S3 of Ceph (${radosgwIsMissing ?? 'installed'})`, () => {
  let gateway: ObjectGateway;
  beforeAll(async () => {
    gateway = await startRadosgw();
    await gateway.createBucket('prices');
    vi.stubEnv('AWS_ACCESS_KEY_ID', S3_KEYS.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', S3_KEYS.secretAccessKey);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    return gateway?.close();
  });
  keepsEverything(
    (_, name) => `s3://prices/${name}?endpoint=${gateway.endpoint}&path-style=true&region=us-east-1`,
  );
});
