import { afterAll, beforeAll, describe } from 'vitest';
import { type HdfsCluster, hdfsIsMissing, startHdfs } from '../counterparts/hdfs.ts';
import { keepsEverything } from './archive-kills.ts';

describe.skipIf(hdfsIsMissing !== null)(`on HDFS (${hdfsIsMissing ?? 'installed'})`, () => {
  let cluster: HdfsCluster;
  beforeAll(async () => {
    cluster = await startHdfs();
  });
  afterAll(() => cluster?.close());
  keepsEverything((_, name) => `webhdfs://127.0.0.1:${cluster.port}/archive/${name}?user.name=prices`);
});
