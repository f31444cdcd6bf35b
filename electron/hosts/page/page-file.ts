import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

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

/** Error codes for a path that is not a file. */
const NO_FILE: ReadonlySet<unknown> = new Set(['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG']);

/** A file of the page, as hosts send it. */
export type PageFile = { readonly body: Buffer<ArrayBuffer>; readonly contentType: string };

/**
 * Reads the file of the page that a URL path names. The page's files are in `folder`; null for a path that does not exist, has a
 * type that the page does not use, or is outside of the folder.
 *
 * @throws Error when the file exists and cannot be read
 */
export async function readPageFile(folder: string, pathname: string): Promise<PageFile | null> {
  const path = filePath(folder, pathname);
  const contentType = path === null ? undefined : CONTENT_TYPES[extname(path)];
  if (path === null || contentType === undefined) return null;
  try {
    return { body: await readFile(path), contentType };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && NO_FILE.has(cause.code)) return null;
    throw cause;
  }
}

function filePath(folder: string, pathname: string): string | null {
  const name = decoded(pathname);
  if (name === null || name.includes('\0') || name.includes('\\')) return null;
  const path = normalize(join(folder, name === '/' ? 'index.html' : name));
  return path.startsWith(normalize(folder) + sep) ? path : null;
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null; // an unescaped percent sign: not one of our files
  }
}
