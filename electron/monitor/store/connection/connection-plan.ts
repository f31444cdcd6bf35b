import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { message } from '../../../../shared/messages/message.ts';
import {
  type ConnectionParameters,
  parameterFault,
  type SessionKind,
} from '../../../../shared/settings/connection-parameters.ts';
import {
  type ConnectionUrl,
  ConnectionUrlError,
  parseConnectionUrl,
} from '../../../../shared/settings/connection-url.ts';
import { DEFAULT_PORT } from '../postgres/embedded-url.ts';
import type { ConnectionTarget } from './connection-error.ts';
import { RefusedDatabase } from './refused-database.ts';
import { parseSessionOptions, type SessionOption } from './session-options.ts';
import { certificateFolder, type TlsAttempt, tlsAttempts } from './tls-attempts.ts';

/** How to reach the user's own server: what to try, in which order, with which parameters. */
export type ConnectionPlan = {
  /** In the order in which they are tried. */
  readonly targets: readonly ConnectionTarget[];
  /** Null when neither the URL nor the environment has one; the password file is consulted then. */
  readonly password: string | null;
  /** The TLS modes for this target, in the order in which they are tried. */
  readonly tls: (target: ConnectionTarget) => readonly TlsAttempt[];
  readonly sslNegotiation: 'postgres' | 'direct';
  readonly sessionKind: SessionKind;
  readonly options: readonly SessionOption[];
  readonly applicationName: string;
  readonly timeoutMs: number;
};

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_TIMEOUT_MS = 10_000;
/** libpq's minimum: shorter timeouts would fail for distant servers. */
const MIN_TIMEOUT_MS = 2_000;

/** libpq's environment variables for the supported parameters. */
const VARIABLES = {
  application_name: 'PGAPPNAME',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcrl: 'PGSSLCRL',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
} as const;

/**
 * Reads a connection URL, libpq's environment variables for what it leaves out, and libpq's defaults for the rest.
 *
 * @throws RefusedDatabase when the URL, a variable or a certificate file is invalid; the message contains no part of
 * the URL
 */
export function planConnection(text: string, env: Environment): ConnectionPlan {
  const url = parse(text);
  const parameters: ConnectionParameters = { ...fromEnvironment(env), ...url.parameters };
  const user = url.user ?? (env.PGUSER || userInfo().username);
  const database = url.database ?? (env.PGDATABASE || user);
  const attempts = tlsAttempts(parameters, certificateFolder(env));
  const direct = parameters.sslnegotiation === 'direct';
  if (direct && attempts.includes(false)) {
    throw new RefusedDatabase(message('database.direct-tls'));
  }
  const seconds = Number(parameters.connect_timeout ?? 0);
  return {
    targets: hostsOf(url, env).map(({ host, port }) => ({ host, port, user, database })),
    password: url.password ?? (env.PGPASSWORD || null),
    // Connections over a Unix socket are never encrypted, whatever sslmode says.
    tls: ({ host }) => (host.startsWith('/') ? [false] : attempts),
    sslNegotiation: direct ? 'direct' : 'postgres',
    sessionKind: (parameters.target_session_attrs ?? 'any') as SessionKind,
    options: parseSessionOptions(parameters.options ?? ''),
    applicationName: parameters.application_name ?? 'crypto-price-monitor',
    timeoutMs: seconds > 0 ? Math.max(seconds * 1_000, MIN_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS,
  };
}

function parse(text: string): ConnectionUrl {
  try {
    return parseConnectionUrl(text);
  } catch (error) {
    if (!(error instanceof ConnectionUrlError)) throw error;
    throw new RefusedDatabase(message('database.url-unreadable', { fault: error.content }));
  }
}

function fromEnvironment(env: Environment): ConnectionParameters {
  const found: Record<string, string> = {};
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = env[variable];
    if (!value) continue;
    const fault = parameterFault({ [name]: value }, true);
    if (fault !== null) throw new RefusedDatabase(message('database.variable-wrong', { variable, fault }));
    found[name] = value;
  }
  return found;
}

type Place = { readonly host: string; readonly port: number };

function hostsOf(url: ConnectionUrl, env: Environment): readonly Place[] {
  const [only] = url.hosts;
  const usual = Number(env.PGPORT) || DEFAULT_PORT;
  if (url.hosts.length === 1 && only?.host === '' && env.PGHOST) {
    return env.PGHOST.split(',').map((host) => ({ host, port: only.port ?? usual }));
  }
  return url.hosts.map(({ host, port }) => ({
    host: host === '' ? localHost(port ?? usual) : host,
    port: port ?? usual,
  }));
}

/** Socket folders: that of the Debian and Red Hat packages, then PostgreSQL's default. */
export const SOCKET_FOLDERS: readonly string[] = ['/var/run/postgresql', '/tmp'];

function localHost(port: number): string {
  return SOCKET_FOLDERS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost';
}
