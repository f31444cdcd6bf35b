import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The imports of each file, as paths relative to the root. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

// Formatted sources have the file name of an import in single quotes, with its extension.
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']+\.tsx?)'/g;
const TEST_SUPPORT = /(\.test|-fixture|-contract|\.d)\.tsx?$/;

/** Whether a file is a test or is used only by tests. */
export const isTestSupport = (file: string): boolean => TEST_SUPPORT.test(file);

/** The imports of all source files below these folders, without tests and files that only tests use. */
export function fileGraph(root: string, ...tops: readonly string[]): ImportGraph {
  const files = tops.flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((file) => join(top, file)),
  );
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !isTestSupport(file));
  return new Map(
    sources.map((file) => {
      const matches = readFileSync(join(root, file), 'utf8').matchAll(IMPORT);
      const imported = [...matches].map(([, path = '']) => normalize(join(dirname(file), path)));
      return [file, new Set(imported)];
    }),
  );
}

/** The imports between groups of files, such as folders, without those within a group. */
export function groupGraph(files: ImportGraph, groupOf: (file: string) => string): ImportGraph {
  const groups = new Map<string, Set<string>>();
  for (const [file, imported] of files) {
    const group = groupOf(file);
    const others = groups.get(group) ?? new Set();
    groups.set(group, others);
    for (const each of imported) if (groupOf(each) !== group) others.add(groupOf(each));
  }
  return groups;
}

/** The nodes of a path from one node back to itself; null if there is none. */
export function findCycle(graph: ImportGraph): readonly string[] | null {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): readonly string[] | null => {
    const start = path.indexOf(node);
    if (start >= 0) return [...path.slice(start), node];
    if (done.has(node)) return null;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle !== null) return cycle;
    }
    done.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
