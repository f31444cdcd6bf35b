import { asSentence } from '../../format/as-sentence.ts';
import type { Nested } from './nested.ts';

/** Why the program cannot start, and what to do about it. */
export const startTexts = {
  'data-folder.in-use': (p: { path: string; processId: string | null }) =>
    `Another Crypto Price Monitor${p.processId === null ? '' : ` (process ${p.processId})`} uses the data folder ${p.path}. ` +
    'Stop it first, or choose another folder with --data-dir.',
  'data-folder.foreign-lock': (p: { path: string }) =>
    `Cannot use ${p.path}: this is not the lock of this program. Move it away, or choose another data folder.`,
  'data-folder.line-break': (p: { path: string }) =>
    `The path of the data folder, ${JSON.stringify(p.path)}, has a line break in it. Choose another with --data-dir.`,
  'data-folder.of-another-user': (p: { path: string; foreign: string; uid: number }) =>
    `The data folder ${p.path} is not for root: ${p.foreign} belongs to the user with the id ${p.uid}, whose program could ` +
    'not use what root writes there. Nothing was changed. Start the program as that user ' +
    `(sudo -u '#${p.uid}' crypto-price-monitor …), or choose a folder of root's with --data-dir.`,

  'metrics.wrong-port': (p: { value: string }) =>
    `METRICS_PORT cannot be ${JSON.stringify(p.value)}: it must be a port from 1 to 65535.`,
  'metrics.wrong-address': (p: { value: string }) =>
    `METRICS_ADDRESS cannot be ${JSON.stringify(p.value)}: it must be an IP address of this machine, or 0.0.0.0 for all of them.`,
  'metrics.wrong-token': () =>
    'METRICS_TOKEN has a character that cannot be in a header. Use letters, digits and punctuation, without spaces.',
  'metrics.no-token': (p: { address: string }) =>
    `METRICS_ADDRESS is ${p.address}, which other machines can reach: set METRICS_TOKEN, or METRICS_TOKEN_FILE, to what Prometheus ` +
    'sends as its bearer token.',
  'metrics.unusable': (p: { port: number; address: string; code: string }) =>
    `Metrics cannot be served on port ${p.port} of ${p.address} (${p.code}). Set METRICS_PORT to another port, or METRICS_ADDRESS to ` +
    'an address of this machine.',
  'ready.starting': () => 'The process is starting.',
  'ready.stopping': () => 'The process is stopping.',
  'ready.no-database': (p: { status: string }) => `The database is not ready: ${p.status}.`,
  'ready.not-a-member': (p: { role: string }) =>
    `The process is not a member of the consumer group of the role ${p.role}.`,
  'ready.reading-topics': () => 'The topics have not been read to their end yet.',
  'cluster.no-brokers': () =>
    'A role needs Kafka, and KAFKA_BROKERS is not set: the addresses of one broker or more, as host:port, separated by commas.',
  'cluster.wrong-variable': (p: { variable: string; value: string }) =>
    `${p.variable} cannot be ${JSON.stringify(p.value)}. See docs/scale.md for valid values.`,
  'cluster.file-without-tls': (p: { variable: string }) =>
    `${p.variable} has no effect without TLS. Set KAFKA_TLS=true, or remove ${p.variable}.`,
  'cluster.no-tick-stream': () =>
    'KINESIS_TICKS_STREAM_ARN has no effect with a role. Read the topic of ticks instead, or start without --role.',
  'cluster.certificate-without-key': () => 'KAFKA_CERT_FILE and KAFKA_KEY_FILE have to be set together.',
  'cluster.no-database': () =>
    'The role store needs a PostgreSQL that all processes reach: set DATABASE_URL. The embedded one is for a single process.',
  'cluster.wrong-role': (p: { role: string; known: string }) =>
    `There is no role "${p.role}". Choose one of ${p.known}, or all.`,
  'cluster.not-with-page': () =>
    'With a role, --ui has no effect: the role serve shows the page. Omit --ui, or start without --role.',
  'serve.no-database': () =>
    'The role serve shows what is in a PostgreSQL that all processes reach: set DATABASE_URL. The embedded one is for a single process.',
  'serve.wrong-url': (p: { value: string }) =>
    `SERVE_URL cannot be ${JSON.stringify(p.value)}: it must be the address that browsers use, such as https://prices.example.com, without a path.`,
  'serve.no-url': (p: { address: string }) =>
    `SERVE_ADDRESS is ${p.address}, which other machines can reach: set SERVE_URL to the address that browsers use, such as ` +
    'https://prices.example.com. Requests for another one are refused.',
  'serve.wrong-address': (p: { value: string }) =>
    `SERVE_ADDRESS cannot be ${JSON.stringify(p.value)}: it must be an IP address of this machine, or 0.0.0.0 for all of them.`,
  'tick-stream.wrong-arn': (p: { value: string }) =>
    `KINESIS_TICKS_STREAM_ARN cannot be ${JSON.stringify(p.value)}: it must be the ARN of a data stream, arn:aws:kinesis:<region>:<account>:stream/<name>.`,
  'tick-stream.wrong-http1': (p: { value: string }) =>
    `KINESIS_HTTP1 cannot be ${JSON.stringify(p.value)}: it must be true or false.`,
  'redis.wrong-url': () =>
    'REDIS_URL is not the URL of a Redis: redis://host:6379, or rediss://user:password@host:6379/0 with TLS.',
  'redis.no-authority': (p: { path: string }) =>
    `REDIS_CA_FILE names ${p.path}, which cannot be read. It is the PEM file of the authority of the server's certificate.`,

  'journal.not-opened': (p: { path: string; reason: Nested }) =>
    `The log ${p.path} cannot be opened: ${asSentence(p.reason)} Check that the data folder is writable, the disk is not full, ` +
    'and no other program uses it.',
  'journal.newer-version': (p: { path: string; version: number; known: number }) =>
    `The log ${p.path} cannot be opened: it was written by a newer version of the program ` +
    `(${p.version} > ${p.known}). Start that version, or choose another folder with --data-dir.`,

  'proxy.not-a-url': (p: { variable: string }) =>
    `${p.variable} is not the http:// or https:// URL of a proxy.`,
  'port.in-use': (p: { port: number }) =>
    `Port ${p.port} is in use by another program. Choose another with --port, or omit it.`,
  'port.forbidden': (p: { port: number }) =>
    `Port ${p.port} may not be used without special rights. Choose one above 1023.`,
  'page-token.unusable': (p: { failure: Nested }) =>
    `${p.failure} It contains the token that admits browsers; if it is deleted, a new one is created.`,
  'installation.no-package': (p: { folder: string }) =>
    `No package.json in ${p.folder} or above it: the installation is incomplete.`,
  'installation.no-icon': (p: { path: string }) =>
    `The icon ${p.path} is missing: the installation is incomplete.`,
};
