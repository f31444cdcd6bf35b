import { readFileSync } from 'node:fs';
import { type Message, message } from '../../../shared/messages/message.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import { SecretError } from './secret-store.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that hold a secret, or a URL with one. Each may be given as `<name>_FILE` instead, which names a file that holds it.
 */
export const SECRET_VARIABLES = [
  'COINGECKO_API_KEY',
  'DATABASE_URL',
  'DATABASE_READ_URL',
  'KAFKA_PASSWORD',
  'KAFKA_KEY_PASSWORD',
  'REDIS_URL',
  'SERVE_TOKEN',
  'METRICS_TOKEN',
  'HDFS_DELEGATION_TOKEN',
  'HTTPS_PROXY',
  'HTTP_PROXY',
] as const;

/** Secrets that libraries read from the environment directly, and for which they have their own file variables. */
export const SECRET_VARIABLES_OF_LIBRARIES = [
  // PGPASSFILE
  'PGPASSWORD',
  // AWS_SHARED_CREDENTIALS_FILE
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  // They take precedence over the upper-case names.
  'https_proxy',
  'http_proxy',
] as const;

/** Secrets of channels, whose names the user chooses: `CHANNEL_OPS_URL`, `CHANNEL_OPS_URL_FILE`. */
const OF_CHANNEL = /^CHANNEL_/;
const CHANNEL_FILE = /^(CHANNEL_[A-Z0-9_]+)_FILE$/;

/**
 * The environment for a program that this one starts: without the secrets, which it does not need and which any user who runs it
 * could read.
 */
export function withoutSecrets(env: Environment): Environment {
  const secret: ReadonlySet<string> = new Set([...SECRET_VARIABLES, ...SECRET_VARIABLES_OF_LIBRARIES]);
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !secret.has(name) && !OF_CHANNEL.test(name)),
  );
}

/**
 * The environment, with secrets read from the files that `…_FILE` variables name. Other processes of the user can read a
 * variable, but access to a file depends on its mode. Docker (`/run/secrets`) and systemd (`LoadCredential`) provide such files.
 *
 * @throws SecretError naming variable and file when a file cannot be read or is empty, or when both are given
 */
export function withSecretsFromFiles(env: Environment): Environment {
  const found: Record<string, string> = {};
  const ofChannels = Object.keys(env).flatMap((variable) => CHANNEL_FILE.exec(variable)?.[1] ?? []);
  for (const name of [...SECRET_VARIABLES, ...ofChannels]) {
    const variable = `${name}_FILE`;
    const path = env[variable]?.trim();
    if (!path) continue;
    if (env[name]) throw new SecretError(message('secret.set-twice', { name, fileVariable: variable }));
    found[name] = readSecret(variable, path);
  }
  return { ...env, ...found };
}

function readSecret(variable: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SecretError(message('secret.unreadable', { variable, path, reason: reasonOf(cause) }), {
      cause,
    });
  }
  const secret = text.trim();
  if (secret === '') throw new SecretError(message('secret.file-empty', { variable, path }));
  // A key or a URL is one line; a second one would end up in a header or a host name.
  if (/[\r\n]/.test(secret)) {
    throw new SecretError(message('secret.file-of-lines', { variable, path }));
  }
  return secret;
}

function reasonOf(cause: unknown): Message {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT':
      return message('secret.file-missing');
    case 'EISDIR':
      return message('secret.file-is-folder');
    case 'EACCES':
    case 'EPERM':
      return message('secret.file-forbidden');
    default:
      return messageOf(cause);
  }
}
