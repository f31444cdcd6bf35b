import { join } from 'node:path';
import { serviceFolder, startService } from './child-service.ts';
import { hasJars, JAVA, javaArgs } from './java-program.ts';

const PROGRAM = join(import.meta.dirname, 'hdfs', 'Cluster.java');

/** Why no HDFS can be started here, or null. */
export const hdfsIsMissing: string | null =
  JAVA === null
    ? 'Java is not installed'
    : hasJars('hdfs')
      ? null
      : 'Apache Hadoop is not there: run npm run counterparts';

export type HdfsCluster = {
  /** The port of the name node on 127.0.0.1. Only the user `prices` can access `/archive`; `/small` has a quota of a megabyte. */
  readonly port: number;
  /** @param signal SIGKILL by default, because its data is not used again */
  close(signal?: NodeJS.Signals): Promise<void>;
};

/** Starts a name node and a data node on 127.0.0.1, in one process. */
export async function startHdfs(): Promise<HdfsCluster> {
  if (JAVA === null || hdfsIsMissing !== null) throw new Error(hdfsIsMissing ?? 'Java is not installed');
  const folder = serviceFolder('hdfs');
  const ready = /WebHDFS on (\d+)/;
  const service = await startService({
    program: JAVA,
    args: [...javaArgs('hdfs', '384m', folder.path), PROGRAM, join(folder.path, 'dfs')],
    cwd: folder.path,
    isReady: (output) => ready.test(output),
  });
  return {
    port: Number(ready.exec(service.output())?.[1]),
    async close(signal = 'SIGKILL') {
      await service.end(signal);
      folder.remove();
    },
  };
}
