import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCircle, folderGraph } from './import-graph.ts';

const ROOT = join(import.meta.dirname, '..');

describe('the folders of the page', () => {
  it('import one another without a circle', () => {
    const graph = folderGraph(ROOT, 'renderer');
    expect(graph.get('renderer/chart')).toContain('renderer/api');
    expect(findCircle(graph)).toBeNull();
  });
});

describe('a circle', () => {
  it('is found, also behind folders that are on none', () => {
    const graph = new Map([
      ['page', new Set(['chart', 'api'])],
      ['chart', new Set(['api'])],
      ['api', new Set(['time'])],
      ['time', new Set(['chart'])],
    ]);
    expect(findCircle(graph)).toEqual(['chart', 'api', 'time', 'chart']);
    expect(findCircle(new Map([['page', new Set(['api'])]]))).toBeNull();
  });
});
