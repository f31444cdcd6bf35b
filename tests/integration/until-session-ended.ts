import { queryUrl } from './storage-fixture.ts';

// Waits, in a process of its own, until a role has no session left: one that waits for it can be kept from reading
// what the server has sent meanwhile.
const [url = '', role = ''] = process.argv.slice(2);
while ((await queryUrl(url, `select from pg_stat_activity where usename = '${role}'`)).length > 0);
