import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serviceFolder, startService } from './child-service.ts';
import { installedProgram } from './installed-program.ts';

const JAVA = installedProgram('java');
const HDFS = join(import.meta.dirname, 'hdfs');
/** Filled by `npm run counterparts`. */
const JARS = join(HDFS, 'jars');

/** Why no HDFS can be started here, or null. */
export const hdfsIsMissing: string | null =
  JAVA === null
    ? 'Java is not installed'
    : existsSync(JARS)
      ? null
      : 'Apache Hadoop is not there: run npm run counterparts';

export type HdfsCluster = {
  /** Of the name node, on 127.0.0.1. `/archive` belongs to the user `prices` alone; `/small` takes a megabyte. */
  readonly port: number;
  close(): Promise<void>;
};

/** Starts a name node and a data node on 127.0.0.1, in one process. */
export async function startHdfs(): Promise<HdfsCluster> {
  if (JAVA === null || hdfsIsMissing !== null) throw new Error(hdfsIsMissing ?? 'Java is not installed');
  const folder = serviceFolder('hdfs');
  const ready = /WebHDFS on (\d+)/;
  const service = await startService({
    program: JAVA,
    args: [
      '-Xmx384m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      // Its web server leaves its files there.
      `-Djava.io.tmpdir=${folder.path}`,
      '-cp',
      join(JARS, '*'),
      join(HDFS, 'Cluster.java'),
      join(folder.path, 'dfs'),
    ],
    cwd: folder.path,
    isReady: (output) => ready.test(output),
  });
  return {
    port: Number(ready.exec(service.output())?.[1]),
    async close() {
      await service.end('SIGKILL');
      folder.remove();
    },
  };
}
