import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileGraph } from './import-graph.ts';

const ROOT = join(import.meta.dirname, '..');
const files = fileGraph(ROOT, 'electron', 'shared', 'renderer');

type Stop = {
  readonly file: string;
  /** The stop that the data comes from, where that is not the one before. */
  readonly from: string | null;
  /** What connects the two, in order. */
  readonly through: readonly string[];
};

/** The walk to a goal, as docs/architecture.md lists it. */
function walkTo(goal: string): readonly Stop[] {
  const docs = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const list = docs.split(`**To ${goal}.**\n\n`)[1]?.split('\n\n')[0] ?? '';
  return list
    .split(/^\d+\. /m)
    .slice(1)
    .map((line) => {
      const [file = ''] = pathsOf(line);
      const link = /\((?:from (`[^`]+`), )?through ([^)]+)\)/.exec(line.replace(/\s+/g, ' '));
      return { file, from: pathsOf(link?.[1] ?? '')[0] ?? null, through: pathsOf(link?.[2] ?? '') };
    });
}

function pathsOf(text: string): readonly string[] {
  return [...text.matchAll(/`([a-z]+\/[^`]+)`/g)].map(([, path = '']) => path);
}

const areConnected = (a = '', b = ''): boolean =>
  (files.get(a)?.has(b) ?? false) || (files.get(b)?.has(a) ?? false);

describe('the walk of a newcomer', () => {
  it.each([
    ['the line of an alert', 14],
    ['the row in PostgreSQL', 12],
    ['the pixel', 14],
  ])('to %s has at most %d stops, each once, and each connected to the one before', (goal, most) => {
    const walk = walkTo(goal);
    const stops = walk.map(({ file }) => file);
    expect(stops.length).toBeGreaterThan(10);
    expect(stops.length).toBeLessThanOrEqual(most);
    expect(new Set(stops).size).toBe(stops.length);
    expect(stops.filter((file) => !files.has(file))).toEqual([]);
    const broken = walk.flatMap(({ file, from, through }, index) => {
      if (index === 0) return [];
      if (from !== null && !stops.slice(0, index).includes(from))
        return [`${file}: ${from} is no stop before`];
      const chain = [from ?? stops[index - 1], ...through, file];
      return chain.slice(1).flatMap((link, place) => {
        const before = chain[place];
        return areConnected(before, link) ? [] : [`${before} and ${link} do not import each other`];
      });
    });
    expect(broken).toEqual([]);
  });
});
