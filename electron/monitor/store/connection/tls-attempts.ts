import { existsSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  type ConnectionOptions,
  checkServerIdentity,
  getCACertificates,
  type PeerCertificate,
} from 'node:tls';
import { type MessageParams, message } from '../../../../shared/messages/message.ts';
import type { ConnectionParameters, SslMode } from '../../../../shared/settings/connection-parameters.ts';
import { RefusedDatabase } from './refused-database.ts';

/** TLS of one connection attempt: none, or with these options. */
export type TlsAttempt = false | ConnectionOptions;

/** The folder in which libpq looks for certificates by default. */
export function certificateFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === 'win32') return join(env.APPDATA ?? homedir(), 'postgresql');
  return join(env.HOME || homedir(), '.postgresql');
}

/**
 * The attempts for an `sslmode`, in order, with the certificates to verify and to present. Follows libpq:
 * https://www.postgresql.org/docs/current/libpq-ssl.html and `initialize_SSL` in its fe-secure-openssl.c.
 *
 * @param folder the default folder of certificates
 * @throws RefusedDatabase that names a file that is missing or unusable
 */
export function tlsAttempts(parameters: ConnectionParameters, folder: string): readonly TlsAttempt[] {
  const usesSystem = parameters.sslrootcert === 'system';
  const mode = modeOf(parameters, usesSystem);
  if (mode === 'disable') return [false];
  const tls: ConnectionOptions = {
    ...verification(mode, parameters, usesSystem, folder),
    ...clientCertificate(parameters, folder),
    ...versions(parameters),
  };
  if (mode === 'allow') return [false, tls];
  return mode === 'prefer' ? [tls, false] : [tls];
}

function modeOf({ sslmode, ssl }: ConnectionParameters, usesSystem: boolean): SslMode {
  // libpq accepts `ssl=true`, which comes from JDBC, as `require`.
  const mode = (sslmode ?? (ssl === 'true' ? 'require' : undefined)) as SslMode | undefined;
  if (!usesSystem) return mode ?? 'prefer';
  if (mode !== undefined && mode !== 'verify-full') {
    throw new RefusedDatabase(message('database.system-roots', { mode }));
  }
  return 'verify-full';
}

function verification(
  mode: SslMode,
  { sslrootcert, sslcrl }: ConnectionParameters,
  usesSystem: boolean,
  folder: string,
): ConnectionOptions {
  if (mode === 'no-verify') return { rejectUnauthorized: false };
  if (usesSystem) {
    const trusted = getCACertificates('system');
    // Without a system store, use Node's own, which is Mozilla's.
    return { checkServerIdentity: checkHost, ...(trusted.length > 0 ? { ca: trusted } : {}) };
  }
  const root = sslrootcert ?? join(folder, 'root.crt');
  if (!existsSync(root)) {
    if (!mode.startsWith('verify-')) return { rejectUnauthorized: false };
    throw new RefusedDatabase(message('database.no-roots', { mode, path: root }));
  }
  const crl = sslcrl ?? join(folder, 'root.crl');
  return {
    ca: readFile(root, 'roots'),
    ...(existsSync(crl) ? { crl: readFile(crl, 'revocation-list') } : {}),
    checkServerIdentity: mode === 'verify-full' ? checkHost : () => undefined,
  };
}

/** Node looks for an IP address only in the subject alternative names; libpq falls back to the common name. */
function checkHost(host: string, certificate: PeerCertificate): Error | undefined {
  const hasNamesOnlyInSubject = certificate.subjectaltname === undefined && isIP(host) !== 0;
  if (hasNamesOnlyInSubject && certificate.subject.CN === host) return undefined;
  return checkServerIdentity(host, certificate);
}

/**
 * The client certificate, which the server may request. A missing one is not presented; the server reports if it
 * requires one.
 */
function clientCertificate({ sslcert, sslkey }: ConnectionParameters, folder: string): ConnectionOptions {
  const certificate = sslcert ?? join(folder, 'postgresql.crt');
  if (!existsSync(certificate)) return {};
  const key = sslkey ?? join(folder, 'postgresql.key');
  if (!existsSync(key)) {
    throw new RefusedDatabase(message('database.no-key', { certificate, path: key }));
  }
  refuseOpenKey(key);
  const text = readFile(key, 'key');
  if (text.includes('ENCRYPTED')) {
    throw new RefusedDatabase(message('database.key-with-passphrase', { path: key }));
  }
  return { cert: readFile(certificate, 'certificate'), key: text };
}

/** libpq's rule: only the owner may read a key, except that a key of root may be group-readable. */
function refuseOpenKey(key: string): void {
  if (process.platform === 'win32') return;
  const { mode, uid } = statSync(key);
  const forbidden = uid === 0 && process.getuid?.() !== 0 ? 0o037 : 0o077;
  if ((mode & forbidden) === 0) return;
  throw new RefusedDatabase(message('database.open-key', { path: key }));
}

function versions({ ssl_min_protocol_version: min, ssl_max_protocol_version: max }: ConnectionParameters) {
  return {
    minVersion: (min ?? 'TLSv1.2') as ConnectionOptions['minVersion'],
    ...(max === undefined ? {} : { maxVersion: max as ConnectionOptions['maxVersion'] }),
  };
}

type TlsFile = MessageParams<'database.tls-file'>['file'];

function readFile(path: string, file: TlsFile): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new RefusedDatabase(message('database.tls-file', { file, said }), { cause });
  }
}
