import { type ImportGraph, isTestSupport } from './import-graph.ts';

/** Areas that have nothing to do with prices. */
const BASICS = [
  'monitor/async',
  'monitor/files',
  'monitor/logging',
  'monitor/time',
  'shared/format',
  'shared/messages',
] as const;

const SHARED = [
  'shared/contract',
  'shared/domain',
  'shared/format',
  'shared/messages',
  'shared/settings',
] as const;

/** Areas of the monitor, in the order of the data flow. */
const MONITOR_PARTS = [
  'monitor/async',
  'monitor/files',
  'monitor/logging',
  'monitor/time',
  'monitor/network',
  'monitor/secrets',
  'monitor/status',
  'monitor/history',
  'monitor/sources',
  'monitor/alerts',
  'monitor/backtest',
  'monitor/latest',
  'monitor/log',
  'monitor/ingest',
  'monitor/cluster',
  'monitor/delivery',
  'monitor/tick-stream',
  'monitor/store',
  'monitor/settings',
  'monitor/procedures',
] as const;

/** Areas of the page, each with a concern of its own. */
const PAGE_PARTS = [
  'renderer/alerts',
  'renderer/api',
  'renderer/channels',
  'renderer/chart',
  'renderer/observable',
  'renderer/parts',
  'renderer/quiet',
  'renderer/quotes',
  'renderer/rules',
  'renderer/settings',
  'renderer/styles',
  'renderer/time',
  'renderer/transfer',
] as const;

/**
 * Which areas each area may import. An area is a folder with everything below it; the files directly in `electron/`,
 * `electron/monitor/` and `renderer/`, which compose other areas, are areas of these names. Within the monitor, areas are listed in
 * the order of the data flow.
 */
export const BORDERS: Readonly<Record<string, readonly string[]>> = {
  'shared/format': [],
  'shared/messages': ['shared/format'],
  'shared/domain': ['shared/format', 'shared/messages'],
  'shared/settings': ['shared/domain', 'shared/messages'],
  'shared/contract': ['shared/domain', 'shared/messages', 'shared/settings'],

  'monitor/async': ['monitor/time'],
  'monitor/files': ['shared/messages'],
  'monitor/logging': ['shared/messages', 'shared/settings'],
  'monitor/time': ['shared/domain', 'shared/format', 'shared/messages'],
  'monitor/network': [...BASICS],
  'monitor/secrets': [...BASICS, 'shared/domain', 'shared/settings'],
  'monitor/status': [...BASICS, 'shared/contract', 'shared/domain'],
  // The port through which sources read and write coverage.
  'monitor/history': ['shared/domain'],

  // Sources do not depend on the store.
  'monitor/sources': [...BASICS, 'monitor/history', 'monitor/network', 'shared/domain', 'shared/settings'],
  // The engine depends on neither the log nor a clock.
  'monitor/alerts': ['shared/domain', 'shared/messages'],
  'monitor/backtest': [
    'monitor/alerts',
    'monitor/async',
    'monitor/files',
    'shared/domain',
    'shared/messages',
  ],
  'monitor/latest': [...BASICS, 'monitor/alerts', 'monitor/settings', 'shared/domain'],
  'monitor/log': [...BASICS, 'shared/domain'],
  'monitor/ingest': [
    ...BASICS,
    'monitor/alerts',
    'monitor/latest',
    'monitor/log',
    'monitor/sources',
    'shared/domain',
  ],
  // Replaces ingest in an installation of several processes.
  'monitor/cluster': [
    ...BASICS,
    'monitor/alerts',
    'monitor/ingest',
    'monitor/latest',
    'monitor/log',
    'monitor/network',
    'monitor/settings',
    'shared/domain',
    'shared/settings',
  ],
  'monitor/delivery': [
    ...BASICS,
    'monitor/log',
    'monitor/network',
    'monitor/secrets',
    'shared/domain',
    'shared/settings',
  ],
  'monitor/tick-stream': [...BASICS, 'monitor/log', 'monitor/settings', 'shared/domain'],
  // The store depends on neither sources nor errors of the network.
  'monitor/store': [
    ...BASICS,
    'monitor/history',
    'monitor/log',
    'monitor/network',
    'monitor/secrets',
    'shared/domain',
    'shared/settings',
  ],
  'monitor/settings': [
    ...BASICS,
    'monitor/alerts',
    'monitor/secrets',
    'monitor/sources',
    'monitor/status',
    'shared/contract',
    'shared/domain',
    'shared/settings',
  ],
  'monitor/procedures': [
    ...BASICS,
    'monitor/alerts',
    'monitor/backtest',
    'monitor/delivery',
    'monitor/secrets',
    'monitor/settings',
    'monitor/sources',
    'monitor/store',
    'shared/contract',
    'shared/domain',
    'shared/settings',
  ],

  // The compositions: all parts of the monitor, but no host.
  monitor: [...SHARED, ...MONITOR_PARTS],

  // Hosts depend only on what the composition returns, and on the types of what they pass to it.
  'hosts/page': [],
  'hosts/browser': [...BASICS, 'hosts/page', 'monitor', 'shared/contract'],
  'hosts/metrics': [...BASICS, 'monitor', 'monitor/settings', 'monitor/status', 'shared/domain'],
  'hosts/desktop': [
    ...BASICS,
    'hosts/page',
    'monitor',
    'monitor/delivery',
    'monitor/network',
    'monitor/secrets',
    'monitor/settings',
    'shared/contract',
    'shared/domain',
    'shared/settings',
  ],

  // The commands of the terminal: they open the whole program, or the parts of store, rules and settings that they need.
  commands: [
    ...BASICS,
    'hosts/browser',
    'hosts/metrics',
    'monitor',
    'monitor/alerts',
    'monitor/backtest',
    'monitor/delivery',
    'monitor/network',
    'monitor/secrets',
    'monitor/settings',
    'monitor/status',
    'monitor/store',
    'shared/domain',
    'shared/settings',
  ],
  // The entries of the desktop app and of the terminal.
  electron: [...BASICS, 'commands', 'hosts/desktop', 'monitor', 'shared/contract'],

  // The page depends only on `shared/`. `renderer` and `page` compose its parts.
  renderer: [...SHARED, ...PAGE_PARTS, 'renderer/page'],
  'renderer/page': [...SHARED, ...PAGE_PARTS, 'renderer/chart/model'],
  'renderer/observable': [],
  'renderer/styles': [],
  'renderer/time': ['shared/format'],
  'renderer/api': [...SHARED, 'renderer/observable'],
  'renderer/parts': ['renderer/api', 'renderer/styles', 'shared/messages'],
  'renderer/quotes': [...SHARED, 'renderer/api'],
  'renderer/alerts': [...SHARED, 'renderer/api', 'renderer/parts', 'renderer/quiet', 'renderer/quotes'],
  'renderer/settings': [...SHARED, 'renderer/api', 'renderer/parts'],
  'renderer/quiet': [...SHARED, 'renderer/api', 'renderer/settings'],
  'renderer/channels': [
    ...SHARED,
    'renderer/api',
    'renderer/parts',
    'renderer/quiet',
    'renderer/settings',
    'renderer/styles',
  ],
  'renderer/rules': [...SHARED, 'renderer/api', 'renderer/parts', 'renderer/settings'],
  'renderer/transfer': [...SHARED, 'renderer/api', 'renderer/parts', 'renderer/styles'],
  'renderer/chart': [
    ...SHARED,
    'renderer/api',
    'renderer/chart/layers',
    'renderer/chart/model',
    'renderer/observable',
    'renderer/parts',
    'renderer/quotes',
  ],
  // Layers draw what the model has computed. Neither depends on the client of the monitor.
  'renderer/chart/layers': [
    'renderer/chart/model',
    'renderer/observable',
    'shared/domain',
    'shared/format',
    'shared/messages',
  ],
  'renderer/chart/model': [
    'renderer/observable',
    'renderer/time',
    'shared/domain',
    'shared/format',
    'shared/messages',
  ],
};

/** The area of a file; `monitor`, `electron` and `renderer` for the files of these folders themselves. */
export function areaOf(file: string): string {
  const [top = '', second = '', third = ''] = file.split('/');
  if (top === 'renderer') {
    if (/\.tsx?$/.test(second)) return top;
    return second === 'chart' && (third === 'layers' || third === 'model')
      ? `${top}/${second}/${third}`
      : `${top}/${second}`;
  }
  if (top !== 'electron') return top === 'shared' ? `${top}/${second}` : top;
  if (second !== 'monitor' && second !== 'hosts') return second.endsWith('.ts') ? top : second;
  return third.endsWith('.ts') ? second : `${second}/${third}`;
}

/** The forbidden imports, each as a sentence. */
export function crossings(files: ImportGraph, borders = BORDERS): readonly string[] {
  return [...files].flatMap(([file, imported]) => {
    const area = areaOf(file);
    const mayImport = new Set([area, ...(borders[area] ?? [])]);
    return [...imported].flatMap((each) => {
      if (isTestSupport(each)) return [`${file} imports ${each}, which only tests may import`];
      if (mayImport.has(areaOf(each))) return [];
      return [`${file} imports ${each}, but ${area} may not import ${areaOf(each)}`];
    });
  });
}
