import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { makeCachedFolder } from '../../scripts/cached-folder.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

export type ServedPages = { readonly url: string; close(): void };

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(ROOT, 'node_modules/.cache');
/** The sources of all pages, in addition to the folder of each. */
const SOURCES = ['bench', 'electron', 'renderer', 'shared', 'tests/chart-page'];

/** Builds pages like the program's own page, unless they are cached, and serves them on this machine until `close` is called. */
export async function servePages(root: string, pages: readonly string[]): Promise<ServedPages> {
  const folder = await builtPages(root, pages);
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    try {
      const content = readFileSync(join(folder, path));
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function builtPages(root: string, pages: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
    .update(pages.join())
    .update(readFileSync(join(ROOT, 'package-lock.json')));
  for (const source of [...SOURCES.map((path) => join(ROOT, path)), root]) addContent(hash, source);
  const folder = join(CACHE, `pages-${hash.digest('hex').slice(0, 16)}`);
  const input = pages.map((page) => join(root, page));
  const fill = (draft: string) =>
    build({
      root,
      configFile: false,
      logLevel: 'error',
      base: './',
      plugins: [react()],
      build: { outDir: draft, emptyOutDir: true, rollupOptions: { input } },
    });
  await makeCachedFolder(folder, fill, Date.now());
  return folder;
}

function addContent(hash: Hash, path: string): void {
  const inside = readdirSync(path, { withFileTypes: true, recursive: true });
  for (const entry of inside.toSorted((a, b) => (a.parentPath + a.name < b.parentPath + b.name ? -1 : 1))) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    hash.update(file).update(readFileSync(file));
  }
}
