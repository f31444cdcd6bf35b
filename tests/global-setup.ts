import { removeUnusedSegments } from '../scripts/unused-segments.ts';
import { makeClusterTemplates } from './cluster-template.ts';
import { startOwnPostgres, testedPostgres } from './integration/own-postgres.ts';

/**
 * Makes the clusters that tests copy, and removes at the end what killed servers have left in memory. With `TEST_POSTGRES=15`, starts a
 * server of that version for tests of storage, which then use a database of it in place of the embedded server.
 */
// biome-ignore lint/style/noDefaultExport: Vitest and Playwright load a global set-up by its default export.
export default async function setUp(): Promise<() => Promise<void>> {
  const startedAt = Date.now();
  await makeClusterTemplates();
  const server = testedPostgres() === null ? null : await startOwnPostgres();
  if (server !== null) process.env.TEST_DATABASE_URL = server.adminUrl;
  return async () => {
    await server?.close();
    removeUnusedSegments(startedAt, Date.now());
  };
}
