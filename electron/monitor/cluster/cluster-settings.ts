import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { message } from '../../../shared/messages/message.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import { mayHoldUrlSecret } from '../../../shared/settings/url-secret.ts';
import type { KafkaConnection } from '../log/kafka/kafka-clients.ts';
import {
  type ClientCertificate,
  clientCertificate,
  type PemFile,
  unreadablePem,
} from '../network/client-certificate.ts';
import { asSwitch } from '../settings/setting-sources.ts';
import { SettingsError } from '../settings/settings-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How the processes of an installation find what they share. */
export type ClusterSettings = {
  readonly connection: KafkaConnection;
  /** The prefix of the names of topics and consumer groups. */
  readonly prefix: string;
  /** For topics that are created: their partitions, replicas, and how long ticks and alerts are kept. */
  readonly partitions: number;
  readonly replicas: number;
  readonly retentionMs: number;
};

const HOUR_MS = 3_600_000;
/** The characters that Kafka allows in names, with room for the suffixes. */
const PREFIX = /^[A-Za-z0-9._-]{1,100}$/;

const schema = z.object({
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/)).min(1)),
  KAFKA_CLIENT_ID: z.string().default('crypto-price-monitor'),
  KAFKA_TOPIC_PREFIX: z.string().regex(PREFIX).default('cpm'),
  KAFKA_PARTITIONS: z.coerce.number().int().min(1).max(1_000).default(12),
  KAFKA_REPLICAS: z.coerce.number().int().min(1).max(9).default(3),
  KAFKA_RETENTION_HOURS: z.coerce.number().min(1).default(168),
  KAFKA_TLS: z.string().transform(asSwitch).pipe(z.boolean()).default(false),
  KAFKA_CA_FILE: z.string().optional(),
  KAFKA_CERT_FILE: z.string().optional(),
  KAFKA_KEY_FILE: z.string().optional(),
  KAFKA_KEY_PASSWORD: z.string().optional(),
  KAFKA_SASL_MECHANISM: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).default('SCRAM-SHA-512'),
  KAFKA_USER: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
});

/** They have no effect on a connection that is not encrypted. */
const TLS_FILES = ['KAFKA_CA_FILE', 'KAFKA_CERT_FILE', 'KAFKA_KEY_FILE'] as const;

/**
 * Reads the variables `KAFKA_…`.
 *
 * @throws SettingsError naming the variable that is missing or invalid
 */
export function readClusterSettings(env: Environment): ClusterSettings {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, text]) => text !== undefined && text.trim() !== ''),
  );
  const { success, data, error } = schema.safeParse(given);
  if (!success) {
    const variable = String(error.issues[0]?.path[0] ?? 'KAFKA_BROKERS');
    throw new SettingsError(
      variable in given
        ? message('cluster.wrong-variable', {
            variable,
            value: isRepeated(variable, given[variable] ?? '') ? String(given[variable]) : '…',
          })
        : message('cluster.no-brokers'),
    );
  }
  const unused = TLS_FILES.find((variable) => data[variable] !== undefined);
  if (!data.KAFKA_TLS && unused !== undefined)
    throw new SettingsError(message('cluster.file-without-tls', { variable: unused }));
  return {
    connection: {
      brokers: data.KAFKA_BROKERS,
      clientId: data.KAFKA_CLIENT_ID,
      ...(data.KAFKA_TLS && { tls: tlsOf(data) }),
      ...(data.KAFKA_USER !== undefined && {
        sasl: {
          mechanism: data.KAFKA_SASL_MECHANISM,
          username: data.KAFKA_USER,
          password: data.KAFKA_PASSWORD ?? '',
        },
      }),
    },
    prefix: data.KAFKA_TOPIC_PREFIX,
    partitions: data.KAFKA_PARTITIONS,
    replicas: data.KAFKA_REPLICAS,
    retentionMs: data.KAFKA_RETENTION_HOURS * HOUR_MS,
  };
}

/** The trusted authority, and the client certificate. */
function tlsOf({
  KAFKA_CA_FILE: authority,
  KAFKA_CERT_FILE: certFile,
  KAFKA_KEY_FILE: keyFile,
  KAFKA_KEY_PASSWORD: value,
}: z.output<typeof schema>): { readonly ca?: string } & Partial<ClientCertificate> {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new SettingsError(message('cluster.certificate-without-key'));
  }
  try {
    const trusted = authority === undefined ? {} : { ca: pemFile('KAFKA_CA_FILE', authority).text };
    if (certFile === undefined || keyFile === undefined) return trusted;
    const cert = pemFile('KAFKA_CERT_FILE', certFile);
    const key = pemFile('KAFKA_KEY_FILE', keyFile);
    return { ...trusted, ...clientCertificate(cert, key, { name: 'KAFKA_KEY_PASSWORD', value }) };
  } catch (cause) {
    throw new SettingsError(messageOf(cause), { cause });
  }
}

function pemFile(name: string, path: string): PemFile {
  try {
    return { name, path, text: readFileSync(path, 'utf8') };
  } catch (cause) {
    throw unreadablePem(name, path, cause);
  }
}

/**
 * Whether an invalid value is repeated in the message: not a password, nor a URL in the place of brokers, which may contain one.
 */
function isRepeated(variable: string, value: string): boolean {
  return !variable.endsWith('PASSWORD') && !mayHoldUrlSecret(value);
}

/** Distinguishes feeds of different coins or currencies, each of which may be active. */
export function feedGroup(prefix: string, coins: readonly string[], vsCurrency: string): string {
  const what = JSON.stringify([[...coins].sort(), vsCurrency]);
  return `${prefix}.feed.${createHash('sha256').update(what).digest('hex').slice(0, 12)}`;
}
