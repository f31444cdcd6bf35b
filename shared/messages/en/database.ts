import { asSentence } from '../../format/as-sentence.ts';
import type { Nested } from './nested.ts';

/**
 * Connecting to PostgreSQL, and what it rejects. `place` is the address, `said` the server's own error text, and `fix` the statement
 * that solves the problem.
 */
export const databaseTexts = {
  'database.starting': () => 'The database is starting.',
  'database.stopping': () => 'The program is stopping.',
  'database.connection-lost': () => 'The connection to the database was lost; reconnecting.',
  'database.not-written': (p: { reason: Nested }) =>
    `The database rejects the prices: ${asSentence(p.reason)} They are kept, and written as soon as it accepts them.`,
  'database.statement-refused': (p: { said: string; fix: string }) =>
    `${asSentence(p.said)} Run as the owner of the tables: ${p.fix}`,
  'database.copying-candles': (p: { percent: number }) =>
    `The candles of an earlier version are copied into smaller tables: ${p.percent}%. Charts are available when that is done; ` +
    'prices and alerts continue.',
  'database.copying-ticks': (p: { percent: number }) =>
    `The prices of an earlier version are copied into smaller tables: ${p.percent}%. You can continue to use the program.`,
  'database.folding-history': (p: { percent: number }) =>
    `The historical candles of an earlier version are folded for charts: ${p.percent}%. Charts are available when that is done; ` +
    'prices and alerts continue.',
  'database.no-partitions': (p: { user: string; said: string; fix: string }) =>
    `The user "${p.user}" may not create partitions: ${asSentence(p.said)} Prices of months without a partition are kept in the default ` +
    `partitions, and moved as soon as it may. Run as the owner of the tables: ${p.fix}`,
  'database.password-for-another-server': (p: { keptFor: string; target: string }) =>
    `The database password was stored for ${p.keptFor} and is not sent to ${p.target}. ` +
    'Enter the URL with the password for this server in the settings, and start again.',

  // Where it is.
  'database.place': (p: { host: string; port: number }) => `${p.host}, port ${p.port}`,
  'database.socket': (p: { folder: string }) => `the socket in ${p.folder}`,

  // It cannot be reached, or rejects the connection.
  'database.host-not-found': (p: { host: string }) =>
    `The host "${p.host}" of the database was not found. Check the name in the connection URL, and the network.`,
  'database.no-answer': (p: { place: Nested }) =>
    `No database server responds at ${p.place}. Check that PostgreSQL runs there, and the address in the connection URL.`,
  'database.unreachable': (p: { place: Nested }) =>
    `The database at ${p.place} cannot be reached. Check the address in the connection URL, the network and firewalls.`,
  'database.wants-password': (p: { place: Nested; user: string }) =>
    `The database at ${p.place} requires the password of the user "${p.user}", but none is given. Write it into the ` +
    'connection URL, or into a password file that nobody else may read.',
  'database.no-tls': (p: { place: Nested }) =>
    `The database at ${p.place} does not support TLS, which sslmode in the connection URL requires. Set ssl = on there, or ` +
    'use sslmode=prefer.',
  'database.user-refused': (p: { place: Nested; user: string; said: string }) =>
    `The database at ${p.place} refuses the user "${p.user}": ${asSentence(p.said)} Check user and password in the connection URL.`,
  'database.missing': (p: { place: Nested; database: string }) =>
    `There is no database "${p.database}" at ${p.place}. Create it, or correct the name in the connection URL.`,
  'database.full': (p: { place: Nested }) =>
    `The database at ${p.place} accepts no more connections. Raise max_connections, or end other programs' connections.`,
  'database.starting-or-stopping': (p: { place: Nested }) =>
    `The database at ${p.place} is starting or shutting down.`,
  'database.connection-refused': (p: { place: Nested; said: string }) =>
    `The database at ${p.place} refuses the connection: ${asSentence(p.said)} If it is a pooler, check its settings.`,
  'database.said': (p: { said: string }) => asSentence(p.said),
  'database.untrusted-name': (p: { place: Nested; said: string }) =>
    `${untrusted(p)} Connect by a name that the certificate has, or use sslmode=verify-ca.`,
  'database.untrusted-date': (p: { place: Nested; said: string }) =>
    `${untrusted(p)} Renew it, and check the clock of this machine.`,
  'database.untrusted-authority': (p: { place: Nested; said: string }) =>
    `${untrusted(p)} Name the file with the certificate of its authority by sslrootcert in the connection URL.`,
  'database.other-kind': (p: { host: string; port: number; kind: string }) =>
    `The database at ${p.host}, port ${p.port} is not ${p.kind}.`,
  'database.authentication-unsupported': () =>
    'The connection was ended: the server requires Kerberos, GSSAPI or SSPI, which is not supported. ' +
    'Allow scram-sha-256 for this user in its pg_hba.conf.',
  'database.not-postgres': (p: { reason: string }) =>
    `The connection was ended: the server does not use the protocol of PostgreSQL (${p.reason}). Check the address.`,
  'database.embedded-stopped': (p: { said: Nested }) =>
    `The embedded database stopped and is started again: ${asSentence(p.said)}`,

  // Its URL, the environment or certificates are wrong.
  'database.url-unreadable': (p: { fault: Nested }) =>
    `The connection URL ${p.fault}. It looks like postgresql://user:password@host:5432/database.`,
  'database.variable-wrong': (p: { variable: string; fault: Nested }) =>
    `The variable ${p.variable} ${p.fault}.`,
  'database.direct-tls': () =>
    'The connection URL has sslnegotiation=direct, which needs sslmode=require or a stricter one.',
  'database.options-wrong': () =>
    'The connection URL has something in "options" that is not a setting. Write them as -c name=value, escaped: ' +
    'options=-c%20search_path%3Dprices.',
  'database.system-roots': (p: { mode: string }) =>
    `The connection URL has sslmode=${p.mode} with sslrootcert=system: anybody can have a certificate that the system ` +
    'trusts, so the host has to be checked. Use sslmode=verify-full.',
  'database.no-roots': (p: { mode: string; path: string }) =>
    `sslmode=${p.mode} requires a file with trusted certificates, and ${p.path} does not exist. Put the certificate of the ` +
    "server's authority there, or name another file with sslrootcert in the connection URL " +
    "(sslrootcert=system for the system's authorities).",
  'database.no-key': (p: { certificate: string; path: string }) =>
    `The certificate ${p.certificate} has no private key: ${p.path} is not there. Put it there, or name it with sslkey in ` +
    'the connection URL.',
  'database.key-with-passphrase': (p: { path: string }) =>
    `The private key ${p.path} has a passphrase, which cannot be entered here. Use a key without one, readable by you alone.`,
  'database.open-key': (p: { path: string }) =>
    `Others may read the private key ${p.path}. Run: chmod 600 '${p.path}'`,
  'database.tls-file': (p: { file: keyof typeof TLS_FILES; said: string }) =>
    `The ${TLS_FILES[p.file]} for the database cannot be read: ${asSentence(p.said)}`,

  // It is not one that the program can use.
  'database.newer': (p: { version: number; name: string; newest: number }) =>
    `The database was created by a newer version of the program: it has migration ${p.version} (${p.name}), ` +
    `and this version knows up to ${p.newest}. Update the program, or use another database.`,
  'database.other-migration': (p: { version: number; name: string }) =>
    `Migration ${p.version} (${p.name}) was applied to this database in a different form than this version contains. ` +
    'Reinstall the version that created the database, or use another database.',
  'database.foreign-table': (p: { schema: string; said: string; role: string }) =>
    `The schema "${p.schema}" has a table of another program: ${asSentence(p.said)} ${ownSchema(p.role)}`,
  'database.foreign-migrations': (p: { schema: string; role: string }) =>
    `The table "schema_migrations" in the schema "${p.schema}" is another program's. ${ownSchema(p.role)}`,
  'database.dependents': (p: { said: string; detail: string }) =>
    `${asSentence(p.said)} Drop them: ${asSentence(p.detail)} The program then continues by itself, ` +
    'and you can create them again.',
  'database.may-not-create': (p: { user: string; schema: string; fix: string }) =>
    `The user "${p.user}" may not create tables in the schema "${p.schema}". Run as its owner: ${p.fix}`,
  'database.other-owner': (p: { schema: string; owner: string; fix: string }) =>
    `The tables in the schema "${p.schema}" belong to "${p.owner}", and only their owner can update them. Connect as ` +
    `"${p.owner}", or run: ${p.fix}`,
  'database.too-old': (p: { version: string; oldest: number }) =>
    `The database is PostgreSQL ${p.version}; the program needs version ${p.oldest} or newer.`,
  // The read replica.
  'replica.wrong-lag': (p: { value: string }) =>
    `DATABASE_READ_MAX_LAG_SECONDS cannot be ${JSON.stringify(p.value)}: it must be a number of seconds from 1 to 99999.`,
  'replica.no-answer': (p: { seconds: number }) => `It has not responded for ${p.seconds} seconds.`,
  'replica.none': () =>
    'The server of DATABASE_READ_URL is not a standby with streaming replication. If it was promoted, set DATABASE_URL to it.',
  'replica.other': () =>
    'The server of DATABASE_READ_URL is not a replica of the server of DATABASE_URL: their system identifiers differ.',

  'database.standby': () =>
    'The database is a standby, which accepts no writes. Connect to the primary, or name all servers in the connection ' +
    'URL: postgresql://me@one,two/prices?target_session_attrs=read-write.',
  'database.read-only': (p: { fix: string }) =>
    `The database accepts no writes: default_transaction_read_only is on. Run: ${p.fix}`,
  'database.may-not-use-schema': (p: { user: string; schema: string; database: string; fix: string }) =>
    `The user "${p.user}" may not use the schema "${p.schema}" of the database "${p.database}". Run as its owner: ${p.fix}`,
  'database.no-schema': (p: { searchPath: string; database: string; fix: string }) =>
    `No schema of the search_path (${p.searchPath || 'empty'}) is in the database "${p.database}". Run: ${p.fix}`,
  'database.no-facts': () => 'The server does not report its version.',
};

const TLS_FILES = {
  roots: 'certificates',
  'revocation-list': 'revocation list',
  certificate: 'certificate',
  key: 'private key',
};

const untrusted = ({ place, said }: { place: string; said: string }): string =>
  `The certificate of the database at ${place} is not trusted: ${asSentence(said)}`;

/** @param role the user's name, quoted for SQL */
const ownSchema = (role: string): string =>
  `Give this program a schema of its own. Run: create schema prices authorization ${role}; and add ` +
  '?options=-c%20search_path%3Dprices to the connection URL.';
