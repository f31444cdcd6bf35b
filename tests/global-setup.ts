import { makeClusterTemplates } from './cluster-template.ts';
import { startOwnPostgres, testedPostgres } from './integration/own-postgres.ts';

/**
 * Makes the clusters that tests copy. With `TEST_POSTGRES=15`, starts a server of that version for tests of storage, which then use a
 * database of it in place of the embedded server.
 */
// biome-ignore lint/style/noDefaultExport: Vitest and Playwright load a global set-up by its default export.
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  await makeClusterTemplates();
  if (testedPostgres() === null) return undefined;
  const server = await startOwnPostgres();
  process.env.TEST_DATABASE_URL = server.adminUrl;
  return server.close;
}
