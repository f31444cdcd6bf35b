import { z } from 'zod';
import type { ArchivePlace } from '../../../../../shared/settings/archive-url.ts';
import {
  type ArchiveAction,
  type ArchiveError,
  type ArchiveFault,
  archiveError,
  type Failure,
} from './archive-error.ts';
import type { HttpResponse } from './http-put.ts';

export type HdfsPlace = Extract<ArchivePlace, { kind: 'webhdfs' }>;

type QueryOptions = {
  readonly method?: 'GET' | 'PUT' | 'DELETE';
  readonly params?: Readonly<Record<string, string>>;
};

/** Requests to the REST interface of HDFS. Each throws an `ArchiveError` when it fails. */
export type WebHdfsClient = {
  /** The path in HDFS of an archive path. */
  hdfsPath(path: string): string;
  /** Sends a request; a redirect is returned as well. */
  send(action: ArchiveAction, path: string, to: URL, init?: RequestInit): Promise<Response>;
  /** Throws unless the response to a PUT has a success status. */
  check(path: string, response: Promise<HttpResponse>): Promise<void>;
  urlOf(path: string, op: string, params?: Readonly<Record<string, string>>): URL;
  /** Sends an operation to the name node and returns its parsed response. */
  query<T>(
    schema: z.ZodType<T>,
    action: ArchiveAction,
    path: string,
    op: string,
    options?: QueryOptions,
  ): Promise<T>;
};

const remoteSchema = z.object({ RemoteException: z.object({ exception: z.string(), message: z.string() }) });

/**
 * Source: https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html
 *
 * @param url URL of the archive, for messages
 * @param token delegation token, if the cluster requires one
 */
export function webHdfsClient(url: string, place: HdfsPlace, token: string | null): WebHdfsClient {
  const identity = token === null ? { 'user.name': place.user } : { delegation: token };
  const hdfsPath = (path: string): string => (path === '' ? place.folder || '/' : `${place.folder}/${path}`);

  const urlOf: WebHdfsClient['urlOf'] = (path, op, params = {}) => {
    const encoded = hdfsPath(path).split('/').map(encodeURIComponent).join('/');
    const address = new URL(`${place.origin}/webhdfs/v1${encoded}`);
    for (const [name, value] of Object.entries({ op, ...identity, ...params }))
      if (value !== null) address.searchParams.set(name, value);
    return address;
  };

  const send: WebHdfsClient['send'] = async (action, path, to, init = {}) => {
    let response: Response;
    try {
      response = await fetch(to, init);
    } catch (cause) {
      throw unreachable(action, path, url, cause);
    }
    if (response.ok || response.status === 307) return response;
    throw archiveError(action, path, url, failureOf(response.status, await response.text()));
  };

  return {
    hdfsPath,
    send,
    async check(path, response) {
      const { status, body } = await response.catch((cause: unknown) => {
        throw unreachable('write', path, url, cause);
      });
      if (status < 200 || status > 299) throw archiveError('write', path, url, failureOf(status, body));
    },
    urlOf,
    async query(schema, action, path, op, { method = 'GET', params = {} } = {}) {
      const response = await send(action, path, urlOf(path, op, params), { method });
      const parsed = schema.safeParse(await response.json().catch(() => null));
      if (parsed.success) return parsed.data;
      const errorText = `the response to ${op} is not that of WebHDFS`;
      throw archiveError(action, path, url, { fault: 'unavailable', errorText });
    },
  };
}

/** The error for a request without a response. */
export function unreachable(
  action: ArchiveAction,
  path: string,
  archive: string,
  cause: unknown,
): ArchiveError {
  return archiveError(
    action,
    path,
    archive,
    { fault: 'unavailable', errorText: fetchErrorText(cause) },
    cause,
  );
}

/** The reason for `fetch failed` is in its cause. */
function fetchErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

const FAULTS: readonly (readonly [RegExp, ArchiveFault])[] = [
  [/^FileAlreadyExistsException$/, 'exists'],
  [/^FileNotFoundException$/, 'missing'],
  [/QuotaExceededException$/, 'full'],
  [/^(AccessControlException|AuthenticationException|InvalidToken|SecurityException)/, 'refused'],
];

/** HDFS's error when no data node has space. */
const FULL = /could only be (written|replicated) to 0|No space left/i;

function failureOf(status: number, body: string): Failure {
  const remote = remoteSchema.safeParse(jsonOf(body)).data?.RemoteException;
  const errorText =
    remote === undefined ? `HTTP status ${status}` : firstLine(`${remote.exception}: ${remote.message}`);
  const named = FAULTS.find(([pattern]) => pattern.test(remote?.exception ?? ''))?.[1];
  if (named !== undefined) return { fault: named, errorText };
  if (FULL.test(body)) return { fault: 'full', errorText };
  if (status === 401 || status === 403) return { fault: 'refused', errorText };
  return { fault: status === 404 ? 'missing' : 'unavailable', errorText };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null; // such as an error page of a proxy
  }
}

const firstLine = (words: string): string => words.split('\n', 1)[0] ?? '';
