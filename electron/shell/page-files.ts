import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { CONTENT_SECURITY_POLICY } from '../content-security-policy.ts';
import { PAGE_HOST } from './page-origin.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** Answers requests for the page's files, which lie in `folder`, and for nothing outside of it. */
export function createPageFiles(
  folder: string,
): (request: Pick<Request, 'url' | 'method'>) => Promise<Response> {
  return async ({ url, method }) => {
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'Only GET is served.');
    const path = pageFile(url, folder);
    const type = path === null ? undefined : CONTENT_TYPES[extname(path)];
    if (path === null || type === undefined) return refusal(404, 'There is no such file.');
    try {
      const body = await readFile(path);
      return new Response(method === 'HEAD' ? null : body, { headers: { ...HEADERS, 'content-type': type } });
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') {
        return refusal(404, 'There is no such file.');
      }
      throw cause;
    }
  };
}

/** The file that a URL of the page names; null for one that is not the page's or leads out of the folder. */
function pageFile(url: string, folder: string): string | null {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.host !== PAGE_HOST) return null;
  const name = decoded(parsed.pathname);
  if (name === null || name.includes('\0') || name.includes('\\')) return null;
  const path = normalize(join(folder, name === '/' ? 'index.html' : name));
  return path.startsWith(normalize(folder) + sep) ? path : null;
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null; // a stray per cent sign names no file of ours
  }
}

function refusal(status: number, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  });
}
