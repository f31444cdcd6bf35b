import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { areaOf, BORDERS, crossings } from './borders.ts';
import { fileGraph, findCycle, groupGraph, type ImportGraph } from './import-graph.ts';

const ROOT = join(import.meta.dirname, '..');
const TOPS = ['electron', 'shared', 'renderer'];
const files = fileGraph(ROOT, ...TOPS);

const graph = (edges: Readonly<Record<string, readonly string[]>>): ImportGraph =>
  new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));

describe('the sources', () => {
  it('are read with their imports', () => {
    expect(files.get('electron/cli.ts')).toContain('electron/commands/command-line.ts');
    expect(files.get('electron/monitor/compose.ts')).toContain('electron/monitor/compose-sources.ts');
    expect([...files.keys()].filter((file) => file.includes('.test.'))).toEqual([]);
  });

  it('import one another without a cycle', () => {
    expect(findCycle(files)).toBeNull();
  });

  it.each(TOPS)('of %s/ are in folders that import one another without a cycle', (top) => {
    expect(findCycle(groupGraph(fileGraph(ROOT, top), dirname))).toBeNull();
  });
});

describe('the borders', () => {
  it('are crossed by no import', () => {
    expect(crossings(files)).toEqual([]);
  });

  it('exist for every area', () => {
    const areas = [...new Set([...files.keys()].map(areaOf))];
    expect(Object.keys(BORDERS).toSorted()).toEqual(areas.toSorted());
  });

  it.each([
    ['electron/monitor/sources/coingecko/coingecko.ts', 'electron/monitor/store/open-store.ts'],
    ['electron/monitor/alerts/engine.ts', 'electron/monitor/log/tick-log.ts'],
    ['electron/monitor/alerts/engine.ts', 'electron/monitor/time/clock.ts'],
    ['electron/monitor/store/open-store.ts', 'electron/monitor/sources/price-source.ts'],
    ['electron/monitor/store/open-store.ts', 'shared/contract/api-error.ts'],
    ['electron/monitor/log/tick-log.ts', 'electron/monitor/delivery/outbox.ts'],
    ['electron/monitor/log/tick-log.ts', 'electron/monitor/compose.ts'],
    ['electron/monitor/compose.ts', 'electron/hosts/browser/browser-host.ts'],
    ['electron/commands/run.ts', 'electron/hosts/desktop/desktop.ts'],
    ['electron/commands/run.ts', 'electron/monitor/log/local-log.ts'],
    ['electron/main.ts', 'electron/monitor/store/open-store.ts'],
    ['electron/hosts/browser/sockets.ts', 'electron/monitor/store/open-store.ts'],
    ['electron/hosts/browser/sockets.ts', 'electron/hosts/desktop/desktop.ts'],
    ['renderer/main.tsx', 'electron/monitor/monitor.ts'],
    ['renderer/api/client.ts', 'renderer/quotes/price-board.tsx'],
    ['renderer/chart/model/chart-core.ts', 'renderer/api/client.ts'],
    ['renderer/chart/model/chart-core.ts', 'renderer/chart/layers/crosshair.tsx'],
    ['shared/domain/tick.ts', 'shared/settings/settings.ts'],
  ])('keep %s from importing %s', (file, imported) => {
    expect(files.has(file) && files.has(imported)).toBe(true);
    expect(crossings(graph({ [file]: [imported] }))).toHaveLength(1);
  });

  it.each([
    ['electron/monitor/compose.ts', 'demo/server.ts'],
    ['electron/commands/run.ts', 'tests/program.ts'],
    ['electron/monitor/log/local-log.ts', 'electron/monitor/log/log-fixture.ts'],
    ['electron/monitor/a-new-folder/part.ts', 'electron/monitor/log/tick-log.ts'],
  ])('keep %s from importing %s, which is outside of them', (file, imported) => {
    expect(crossings(graph({ [file]: [imported] }))).toHaveLength(1);
  });
});

describe('a cycle', () => {
  it('is found, even if the search begins at a file outside of it', () => {
    const cycle = graph({ page: ['chart', 'api'], chart: ['api'], api: ['time'], time: ['chart'] });
    expect(findCycle(cycle)).toEqual(['chart', 'api', 'time', 'chart']);
    expect(findCycle(graph({ page: ['api'] }))).toBeNull();
  });

  it('between folders is found without a cycle of files', () => {
    const cycle = graph({
      'a/one.ts': ['b/two.ts'],
      'b/two.ts': [],
      'b/three.ts': ['a/four.ts'],
      'a/four.ts': [],
    });
    expect(findCycle(cycle)).toBeNull();
    expect(findCycle(groupGraph(cycle, dirname))).toEqual(['a', 'b', 'a']);
  });
});
