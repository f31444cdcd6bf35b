import { type Message, message } from '../messages/message.ts';

/** The parameters of a connection URL beside those that say where and as whom to connect. */
export type ConnectionParameters = Readonly<Partial<Record<string, string>>>;

/** libpq's modes, and `no-verify`, which node-postgres has: encrypted, whatever the certificate. */
export const SSL_MODES = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
  'no-verify',
] as const;
export type SslMode = (typeof SSL_MODES)[number];

export const SESSION_KINDS = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** Parameters that are obeyed, with the values that they may have; null for any. */
const OBEYED: Readonly<Record<string, readonly string[] | null>> = {
  application_name: null,
  connect_timeout: null,
  options: null,
  ssl: ['true'],
  sslmode: SSL_MODES,
  sslnegotiation: ['postgres', 'direct'],
  sslrootcert: null,
  sslcert: null,
  sslkey: null,
  sslcrl: null,
  ssl_min_protocol_version: TLS_VERSIONS,
  ssl_max_protocol_version: TLS_VERSIONS,
  target_session_attrs: SESSION_KINDS,
};

/** Parameters that change nothing for this program, with the values for which that is so; null for any. */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[] | null>> = {
  channel_binding: ['disable', 'prefer'],
  client_encoding: ['UTF8', 'utf8', 'UTF-8', 'utf-8', 'auto'],
  fallback_application_name: null,
  gssencmode: ['disable', 'prefer'],
  keepalives: null,
  keepalives_idle: null,
  keepalives_interval: null,
  keepalives_count: null,
  load_balance_hosts: ['disable'],
  sslcompression: null,
  sslcertmode: ['allow'],
  sslsni: ['1'],
  tcp_user_timeout: null,
  uselibpqcompat: null,
};

/**
 * What is wrong with the parameters; null when all are understood. One that is not would be left out in silence: of a
 * misspelt `sslmode`, nobody would notice.
 *
 * @param mayName whether a parameter that is not known may be named
 */
export function parameterFault(parameters: ConnectionParameters, mayName: boolean): Message | null {
  for (const [name, value = ''] of Object.entries(parameters)) {
    const known = [OBEYED, WITHOUT_EFFECT].find((list) => Object.hasOwn(list, name));
    if (known === undefined) {
      return message('connection-url.parameter', { name: mayName ? name : null });
    }
    const values = known[name];
    if (values && !values.includes(value)) {
      return message('connection-url.parameter-value', { name, values });
    }
  }
  return null;
}
