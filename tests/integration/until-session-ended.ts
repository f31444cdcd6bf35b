import { queryUrl } from './storage-fixture.ts';

// Waits in a separate process until a role has no sessions. The test process, which waits for this one synchronously, reads nothing
// from the server meanwhile.
const [url = '', role = ''] = process.argv.slice(2);
while ((await queryUrl(url, `select from pg_stat_activity where usename = '${role}'`)).length > 0);
