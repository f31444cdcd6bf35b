import { type Message, message } from '../messages/message.ts';
import { hasSecretParameter, hasUrlCredentials, isSecretParameter } from './url-secret.ts';

/** The location of an archive, parsed from its URL. */
export type ArchivePlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Ends with `/` unless it is empty. */
      readonly prefix: string;
      readonly options: Readonly<Partial<Record<S3Option, string>>>;
    }
  | {
      readonly kind: 'webhdfs';
      /** The origin of the name node's HTTP interface. */
      readonly origin: string;
      /** Begins with `/` and does not end with one. */
      readonly folder: string;
      /** `user.name` of every request if there is no token. */
      readonly user: string | null;
    };

const S3_OPTIONS = ['endpoint', 'region', 'path-style', 'sse', 'sse-kms-key-id', 'storage-class'] as const;
type S3Option = (typeof S3_OPTIONS)[number];

const HDFS_OPTIONS = ['user.name'] as const;

/**
 * Reads the URL of an archive: an absolute folder, `s3://bucket/prefix?…` or `webhdfs://host:port/folder?…`.
 *
 * @returns the location, or the fault of the URL as the predicate of a sentence
 */
export function parseArchiveUrl(text: string): ArchivePlace | Message {
  const folder = folderOf(text);
  if (folder !== null) return { kind: 'folder', folder };
  if (!URL.canParse(text)) return message('archive-url.form');
  const url = new URL(text);
  // A secret would end up in settings.json, the log and a table of the database.
  if (hasUrlCredentials(text)) return message('archive-url.secret');
  const fault = (known: readonly string[]): Message | null => {
    for (const name of url.searchParams.keys()) {
      if (known.includes(name)) continue;
      return isSecretParameter(name)
        ? message('archive-url.secret')
        : message('archive-url.option', { name, known });
    }
    return null;
  };
  const path = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  switch (url.protocol) {
    case 's3:':
      return fault(S3_OPTIONS) ?? s3Place(url, path);
    case 'webhdfs:':
    case 'swebhdfs:':
      return (
        fault(HDFS_OPTIONS) ?? {
          kind: 'webhdfs',
          origin: `${url.protocol === 'swebhdfs:' ? 'https' : 'http'}://${url.host}`,
          folder: path === '' ? '' : `/${path}`,
          user: url.searchParams.get('user.name'),
        }
      );
    default:
      return message('archive-url.form');
  }
}

export function isArchivePlace(parsed: ArchivePlace | Message): parsed is ArchivePlace {
  return 'kind' in parsed;
}

function folderOf(text: string): string | null {
  if (/^\/(?!\/)/.test(text) || /^[A-Za-z]:[\\/]/.test(text) || /^\\\\/.test(text)) return text;
  if (!text.startsWith('file:///') || !URL.canParse(text)) return null;
  const path = decodeURIComponent(new URL(text).pathname);
  return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
}

function s3Place(url: URL, path: string): ArchivePlace | Message {
  if (url.host === '') return message('archive-url.bucket');
  const options: Partial<Record<S3Option, string>> = {};
  for (const name of S3_OPTIONS) {
    const value = url.searchParams.get(name);
    if (value !== null) options[name] = value;
  }
  const { endpoint, sse } = options;
  if (endpoint !== undefined && !/^https?:\/\//.test(endpoint)) return message('archive-url.endpoint');
  if (endpoint !== undefined && (hasUrlCredentials(endpoint) || hasSecretParameter(endpoint)))
    return message('archive-url.secret');
  if (sse !== undefined && !['AES256', 'aws:kms', 'aws:kms:dsse'].includes(sse))
    return message('archive-url.sse');
  return { kind: 's3', bucket: url.host, prefix: path === '' ? '' : `${path}/`, options };
}
