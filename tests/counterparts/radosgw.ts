import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { accepts } from './accepts.ts';
import { type ServiceProcess, serviceFolder, startService } from './child-service.ts';
import { installedProgram } from './installed-program.ts';
import { servicePort } from './service-port.ts';

const execute = promisify(execFile);

const PROGRAMS = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];
const missing = PROGRAMS.filter((name) => installedProgram(name) === null);

/** Why Ceph's S3 cannot be started here, or null. */
export const radosgwIsMissing: string | null =
  missing.length === 0
    ? null
    : `${missing.join(', ')} of Ceph ${missing.length === 1 ? 'is' : 'are'} not installed`;

export const S3_KEYS = { accessKeyId: 'PRICES', secretAccessKey: 'not-much-of-a-secret' };

export type ObjectGateway = {
  /** `http://127.0.0.1:port`. */
  readonly endpoint: string;
  createBucket(name: string): Promise<void>;
  /** Sets the number of bytes that the user may store in a bucket. */
  limitBuckets(bytes: number): Promise<void>;
  close(): Promise<void>;
};

/** Starts Ceph on 127.0.0.1: a monitor, a store in a file, and the gateway, which serves S3. */
export async function startRadosgw(): Promise<ObjectGateway> {
  if (radosgwIsMissing !== null) throw new Error(radosgwIsMissing);
  const folder = serviceFolder('ceph');
  const [monitorPort, port] = [await servicePort(), await servicePort()];
  const at = (name: string): string => join(folder.path, name);
  const fsid = randomUUID();
  writeFileSync(at('ceph.conf'), configuration(folder.path, fsid, monitorPort));
  for (const name of ['mon', 'osd', 'run']) mkdirSync(at(name));
  const run = async (program: string, ...args: readonly string[]): Promise<void> => {
    await execute(installedProgram(program) ?? program, args, { cwd: folder.path });
  };
  const started: ServiceProcess[] = [];
  const start = async (
    program: string,
    isReady: () => boolean | Promise<boolean>,
    ...args: readonly string[]
  ) => {
    const command = {
      program: installedProgram(program) ?? program,
      args: ['-c', 'ceph.conf', '-f', ...args],
    };
    started.push(await startService({ ...command, cwd: folder.path, isReady }));
  };
  const close = async (): Promise<void> => {
    for (const service of started.toReversed()) await service.end('SIGKILL');
    folder.remove();
  };
  try {
    await makeKeys(run);
    await run(
      'monmaptool',
      '--create',
      '--addv',
      'a',
      `[v2:127.0.0.1:${monitorPort}]`,
      '--fsid',
      fsid,
      'monmap',
    );
    const files = ['--monmap', 'monmap', '--keyring', 'keyring'];
    await run('ceph-mon', '-c', 'ceph.conf', '--mkfs', '-i', 'a', ...files);
    await start('ceph-mon', () => accepts(monitorPort), '-i', 'a');
    const store = randomUUID();
    await run('ceph', '-c', 'ceph.conf', 'osd', 'new', store);
    await run('ceph-osd', '-c', 'ceph.conf', '-i', '0', '--mkfs', '--osd-uuid', store);
    await start('ceph-osd', () => true, '-i', '0');
    const front = `beast endpoint=127.0.0.1:${port}`;
    await start('radosgw', () => accepts(port), '-n', 'client.rgw', '--rgw-frontends', front);
    const keys = ['--access-key', S3_KEYS.accessKeyId, '--secret-key', S3_KEYS.secretAccessKey];
    const user = ['--uid', 'prices', '--display-name', 'prices'];
    await run('radosgw-admin', '-c', 'ceph.conf', 'user', 'create', ...user, ...keys);
  } catch (cause) {
    await close();
    throw cause;
  }
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    async createBucket(name) {
      const client = new S3Client({
        endpoint,
        region: 'us-east-1',
        forcePathStyle: true,
        credentials: S3_KEYS,
      });
      await client.send(new CreateBucketCommand({ Bucket: name }));
      client.destroy();
    },
    async limitBuckets(bytes) {
      const scope = ['--quota-scope', 'bucket', '--uid', 'prices'];
      await run('radosgw-admin', '-c', 'ceph.conf', 'quota', 'set', ...scope, '--max-size', String(bytes));
      await run('radosgw-admin', '-c', 'ceph.conf', 'quota', 'enable', ...scope);
    },
    close,
  };
}

type Run = (program: string, ...args: readonly string[]) => Promise<void>;

async function makeKeys(run: Run): Promise<void> {
  const rights: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    'client.admin': [
      ['mon', 'allow *'],
      ['osd', 'allow *'],
    ],
    'mon.': [['mon', 'allow *']],
    'osd.0': [
      ['mon', 'allow profile osd'],
      ['osd', 'allow *'],
    ],
    'client.rgw': [
      ['mon', 'allow rw'],
      ['osd', 'allow rwx'],
    ],
  };
  await run('ceph-authtool', '--create-keyring', 'keyring');
  for (const [name, caps] of Object.entries(rights)) {
    const flags = caps.flatMap(([service, right]) => ['--cap', service, right]);
    await run('ceph-authtool', 'keyring', '--gen-key', '-n', name, ...flags);
  }
}

/** Stores one copy of each object, in a file, and checks keys. */
function configuration(folder: string, fsid: string, monitorPort: number): string {
  const settings: Readonly<Record<string, string | number>> = {
    fsid,
    'mon host': `v2:127.0.0.1:${monitorPort}`,
    'mon initial members': 'a',
    'auth cluster required': 'cephx',
    'auth service required': 'cephx',
    'auth client required': 'cephx',
    'ms bind ipv6': 'false',
    'public addr': '127.0.0.1',
    'osd pool default size': 1,
    'osd pool default min size': 1,
    'mon allow pool size one': 'true',
    'osd crush chooseleaf type': 0,
    'osd pool default pg num': 1,
    'osd pool default pgp num': 1,
    'osd pool default pg autoscale mode': 'off',
    'mon max pg per osd': 1_000,
    'mon data avail warn': 1,
    'mon data avail crit': 1,
    'bluestore block size': 2_147_483_648,
    'osd memory target': 939_524_096,
    'rgw thread pool size': 16,
    // Without this cache of the gateway, requests beyond the quota are refused immediately.
    'rgw bucket quota ttl': 0,
    'rgw user quota bucket sync interval': 1,
    'run dir': join(folder, 'run'),
    'admin socket': join(folder, 'run', '$name.asok'),
    'log file': join(folder, '$name.log'),
    'mon cluster log file': join(folder, 'cluster.log'),
    keyring: join(folder, 'keyring'),
    'mon data': join(folder, 'mon'),
    'osd data': join(folder, 'osd'),
  };
  return `[global]\n${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')}`;
}
