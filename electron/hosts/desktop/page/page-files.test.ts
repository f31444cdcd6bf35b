import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPageFiles } from './page-files.ts';
import { isOfPage, PAGE_URL } from './page-origin.ts';

let folder: string;
let serve: ReturnType<typeof createPageFiles>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'page-files-'));
  const page = join(folder, 'renderer');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html>');
  writeFileSync(join(page, 'assets', 'main.js'), 'export {};');
  writeFileSync(join(page, 'notes.txt'), 'not of a kind that a page has');
  writeFileSync(join(folder, 'secret.js'), 'outside');
  mkdirSync(join(folder, 'renderer-other'));
  writeFileSync(join(folder, 'renderer-other', 'main.js'), 'outside');
  serve = createPageFiles(page);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const get = (url: string, method = 'GET'): Promise<Response> => serve({ url, method });

describe('the files of the page', () => {
  it('are served with their types, and the page itself at the root', async () => {
    const page = await get(PAGE_URL);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toBe('<!doctype html>');
    const script = await get('app://monitor/assets/main.js?v=1');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await script.text()).toBe('export {};');
  });

  it("have a policy that allows only the program's own scripts", async () => {
    const policy = (await get(PAGE_URL)).headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toContain("script-src 'self'");
    expect(policy.split('; ')).toContain("default-src 'self'");
  });

  it.each([
    'app://monitor/../secret.js',
    'app://monitor/%2e%2e/secret.js',
    'app://monitor/..%2fsecret.js',
    'app://monitor/assets/..%2f..%2fsecret.js',
    'app://monitor/..%5csecret.js',
    'app://monitor/../renderer-other/main.js',
    'app://monitor/%2e%2e%2frenderer-other%2fmain.js',
    'app://monitor//etc/hosts.js',
    'app://monitor/main%00.js',
    'app://monitor/%',
    'app://monitor/absent.js',
    'app://monitor/assets',
    `app://monitor/${'x'.repeat(300)}.js`,
    'app://monitor/notes.txt',
    'app://other/index.html',
    'nonsense',
  ])('do not include %s', async (url) => {
    const response = await get(url);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('There is no such file.\n');
  });

  it('cannot be written', async () => {
    expect((await get(PAGE_URL, 'POST')).status).toBe(405);
  });
});

describe('a URL of the page', () => {
  it.each([
    ['app://monitor/', true],
    ['app://monitor/index.html#x', true],
    ['app://monitor.example/', false],
    ['app://other/', false],
    ['https://monitor/', false],
    ['file:///index.html', false],
    ['', false],
  ])('%s: %s', (url, own) => {
    expect(isOfPage(url, PAGE_URL)).toBe(own);
  });
});
