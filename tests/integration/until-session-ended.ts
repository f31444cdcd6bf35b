import { queryUrl } from './storage-fixture.ts';

// Waits in a separate process until a role has no session left, so that the waiting test process reads nothing from
// the server meanwhile.
const [url = '', role = ''] = process.argv.slice(2);
while ((await queryUrl(url, `select from pg_stat_activity where usename = '${role}'`)).length > 0);
