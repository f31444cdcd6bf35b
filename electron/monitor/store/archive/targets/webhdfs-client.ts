import { z } from 'zod';
import type { ArchivePlace } from '../../../../../shared/settings/archive-url.ts';
import { type ArchiveAction, type ArchiveFault, archiveError, type Failure } from './archive-error.ts';
import type { HttpAnswer } from './http-put.ts';

export type HdfsPlace = Extract<ArchivePlace, { kind: 'webhdfs' }>;

type AnswerOptions = {
  readonly method?: 'GET' | 'PUT' | 'DELETE';
  readonly params?: Readonly<Record<string, string>>;
};

/** Requests to the REST interface of HDFS; each throws an `ArchiveError` with what has to be said of its failure. */
export type WebHdfsClient = {
  /** The path in HDFS of a path of the archive. */
  hdfsPath(path: string): string;
  /** Sends a request; an answer that redirects is returned as well. */
  send(action: ArchiveAction, path: string, to: URL, init?: RequestInit): Promise<Response>;
  /** Throws unless the answer to a PUT says that it succeeded. */
  check(path: string, answer: Promise<HttpAnswer>): Promise<void>;
  urlOf(path: string, op: string, params?: Readonly<Record<string, string>>): URL;
  /** The answer of the name node to an operation. */
  answer<T>(
    schema: z.ZodType<T>,
    action: ArchiveAction,
    path: string,
    op: string,
    options?: AnswerOptions,
  ): Promise<T>;
};

const remoteSchema = z.object({ RemoteException: z.object({ exception: z.string(), message: z.string() }) });

/**
 * Source: https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html
 *
 * @param url of the archive, for messages
 * @param token delegation token, where the cluster wants one
 */
export function webHdfsClient(url: string, place: HdfsPlace, token: string | null): WebHdfsClient {
  const identity = token === null ? { 'user.name': place.user } : { delegation: token };
  const hdfsPath = (path: string): string => (path === '' ? place.folder || '/' : `${place.folder}/${path}`);

  const urlOf: WebHdfsClient['urlOf'] = (path, op, params = {}) => {
    const encoded = hdfsPath(path).split('/').map(encodeURIComponent).join('/');
    const asked = new URL(`${place.origin}/webhdfs/v1${encoded}`);
    for (const [name, value] of Object.entries({ op, ...identity, ...params }))
      if (value !== null) asked.searchParams.set(name, value);
    return asked;
  };

  const send: WebHdfsClient['send'] = async (action, path, to, init = {}) => {
    let response: Response;
    try {
      response = await fetch(to, init);
    } catch (cause) {
      throw archiveError(action, path, url, { fault: 'unavailable', said: wordsOfFetch(cause) }, cause);
    }
    if (response.ok || response.status === 307) return response;
    throw archiveError(action, path, url, failureOf(response.status, await response.text()));
  };

  return {
    hdfsPath,
    send,
    async check(path, answer) {
      const { status, body } = await answer.catch((cause: unknown) => {
        throw archiveError('write', path, url, { fault: 'unavailable', said: wordsOfFetch(cause) }, cause);
      });
      if (status < 200 || status > 299) throw archiveError('write', path, url, failureOf(status, body));
    },
    urlOf,
    async answer(schema, action, path, op, { method = 'GET', params = {} } = {}) {
      const response = await send(action, path, urlOf(path, op, params), { method });
      const parsed = schema.safeParse(await response.json().catch(() => null));
      if (parsed.success) return parsed.data;
      const said = `the answer to ${op} is not that of WebHDFS`;
      throw archiveError(action, path, url, { fault: 'unavailable', said });
    },
  };
}

/** `fetch failed` has the reason in its cause. */
export function wordsOfFetch(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

const FAULTS: readonly (readonly [RegExp, ArchiveFault])[] = [
  [/^FileAlreadyExistsException$/, 'exists'],
  [/^FileNotFoundException$/, 'missing'],
  [/QuotaExceededException$/, 'full'],
  [/^(AccessControlException|AuthenticationException|InvalidToken|SecurityException)/, 'refused'],
];

/** What HDFS says when no data node has room. */
const FULL = /could only be (written|replicated) to 0|No space left/i;

function failureOf(status: number, body: string): Failure {
  const remote = remoteSchema.safeParse(jsonOf(body)).data?.RemoteException;
  const said =
    remote === undefined ? `HTTP status ${status}` : firstLine(`${remote.exception}: ${remote.message}`);
  const named = FAULTS.find(([pattern]) => pattern.test(remote?.exception ?? ''))?.[1];
  if (named !== undefined) return { fault: named, said };
  if (FULL.test(body)) return { fault: 'full', said };
  if (status === 401 || status === 403) return { fault: 'refused', said };
  return { fault: status === 404 ? 'missing' : 'unavailable', said };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null; // the page of a proxy, for example
  }
}

const firstLine = (words: string): string => words.split('\n', 1)[0] ?? '';
