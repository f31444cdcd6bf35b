import { type Message, message } from '../messages/message.ts';

/** The parameters of a connection URL, except for host, port, user, password and database. */
export type ConnectionParameters = Readonly<Partial<Record<string, string>>>;

/** The modes of libpq, and `no-verify` of node-postgres, which encrypts without verifying the certificate. */
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
export type SslMode = (typeof SSL_MODES)[number];

const SESSION_KINDS = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** Supported parameters with their permitted values; null for any value. */
const SUPPORTED: Readonly<Record<string, readonly string[] | null>> = {
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

/** Parameters without an effect on this program, with the values for which that is true; null for any value. */
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
 * What is wrong with the parameters; null when all are supported. Ignoring an unsupported one would be dangerous: a misspelt
 * `sslmode` would go unnoticed.
 *
 * @param mayName whether the message may contain the name of an unknown parameter
 */
export function parameterFault(parameters: ConnectionParameters, mayName: boolean): Message | null {
  for (const [name, value = ''] of Object.entries(parameters)) {
    const known = [SUPPORTED, WITHOUT_EFFECT].find((list) => Object.hasOwn(list, name));
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
