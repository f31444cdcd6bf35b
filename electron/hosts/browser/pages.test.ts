import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../monitor/logging/logger.ts';
import { createAccess } from './access.ts';
import { createPages } from './pages.ts';

let folder: string;
let server: Server;
let get: (path: string) => Promise<Response>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pages-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const access = createAccess({ tokens: () => ['token'], port });
  server.on('request', createPages(folder, access, silentLog));
  const cookie = access.setCookie({ headers: {} } as IncomingMessage).split(';')[0] ?? '';
  get = (path) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

describe('the pages of the browser host', () => {
  it('respond with 404 when the files were removed after the start, as during an update', async () => {
    expect((await get('/')).status).toBe(200);
    rmSync(join(folder, 'index.html'));
    expect((await get('/')).status).toBe(404);
  });

  it.skipIf(process.platform === 'win32')(
    'respond with 500 when they cannot be read (skipped on Windows, where links require privileges)',
    async () => {
      symlinkSync('loop.js', join(folder, 'loop.js'));
      const response = await get('/loop.js');
      expect(response.status).toBe(500);
      expect(await response.text()).toContain('log of the monitor');
    },
  );
});
