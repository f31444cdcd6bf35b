import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCachedFolder } from './cached-folder.ts';

const NOW = Date.UTC(2026, 5, 10);
const HOUR_MS = 3_600_000;

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cached-folder-'));
});

afterEach(() => rmSync(cache, { recursive: true }));

const make = (name: string, content: string, at = NOW): Promise<void> =>
  makeCachedFolder(join(cache, name), async (draft) => writeFileSync(join(draft, 'content'), content), at);
const contentOf = (name: string): string => readFileSync(join(cache, name, 'content'), 'utf8');

describe('a cached folder', () => {
  it('is made once', async () => {
    await make('pages-a', 'first');
    await make('pages-a', 'second');
    expect(contentOf('pages-a')).toBe('first');
    expect(readdirSync(cache)).toEqual(['pages-a']);
  });

  it('is made once when two processes make it at the same time', async () => {
    await Promise.all([make('pages-a', 'one'), make('pages-a', 'other')]);
    expect(['one', 'other']).toContain(contentOf('pages-a'));
    expect(readdirSync(cache)).toEqual(['pages-a']);
  });

  it('is removed a day after its last use, when another folder of its kind is made', async () => {
    await make('pages-old', '');
    await make('pages-used', '');
    await make('test-cluster-old', '');
    mkdirSync(join(cache, 'pages-draft-interrupted'));
    utimesSync(join(cache, 'pages-draft-interrupted'), NOW / 1_000, NOW / 1_000);
    await make('pages-used', '', NOW + HOUR_MS);
    await make('pages-b', '', NOW + 24 * HOUR_MS);
    expect(readdirSync(cache)).toHaveLength(5);
    await make('pages-c', '', NOW + 24 * HOUR_MS + 1);
    expect(readdirSync(cache)).toEqual(['pages-b', 'pages-c', 'pages-used', 'test-cluster-old']);
  });

  it('leaves nothing behind when it cannot be filled', async () => {
    const failing = makeCachedFolder(
      join(cache, 'pages-a'),
      async (draft) => {
        writeFileSync(join(draft, 'half'), '');
        throw new Error('no space left');
      },
      NOW,
    );
    await expect(failing).rejects.toThrow('no space left');
    expect(readdirSync(cache)).toEqual([]);
  });
});
