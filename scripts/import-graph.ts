import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Which folders a folder imports from, by paths below the root. */
export type FolderGraph = ReadonlyMap<string, ReadonlySet<string>>;

// Sources are formatted: an import names its file in single quotes, with its ending.
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']+\.tsx?)'/g;

/** Reads the imports of all source files below a folder; tests and what lies outside of it are left out. */
export function folderGraph(root: string, top: string): FolderGraph {
  const graph = new Map<string, Set<string>>();
  for (const file of readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file) || /\.test\.tsx?$/.test(file)) continue;
    const path = join(top, file);
    const folder = dirname(path);
    for (const [, imported = ''] of readFileSync(join(root, path), 'utf8').matchAll(IMPORT)) {
      const target = dirname(normalize(join(folder, imported)));
      if (target === folder || !(target === top || target.startsWith(`${top}/`))) continue;
      graph.set(folder, (graph.get(folder) ?? new Set()).add(target));
    }
  }
  return graph;
}

/** A way from a folder back to itself, as the folders on it; null when there is none. */
export function findCircle(graph: FolderGraph): readonly string[] | null {
  const done = new Set<string>();
  const visit = (folder: string, way: readonly string[]): readonly string[] | null => {
    const begun = way.indexOf(folder);
    if (begun >= 0) return [...way.slice(begun), folder];
    if (done.has(folder)) return null;
    for (const next of graph.get(folder) ?? []) {
      const circle = visit(next, [...way, folder]);
      if (circle !== null) return circle;
    }
    done.add(folder);
    return null;
  };
  for (const folder of graph.keys()) {
    const circle = visit(folder, []);
    if (circle !== null) return circle;
  }
  return null;
}
