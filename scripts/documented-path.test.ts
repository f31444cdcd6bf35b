import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileGraph } from './import-graph.ts';

const ROOT = join(import.meta.dirname, '..');
const files = fileGraph(ROOT, 'electron', 'shared', 'renderer');

type Step = {
  readonly file: string;
  /** The step that passes the data on, if it is not the previous one. */
  readonly from: string | null;
  /** The files that connect the two steps, in order. */
  readonly through: readonly string[];
};

/** The path to a goal, as listed in docs/architecture.md. */
function pathTo(goal: string): readonly Step[] {
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

describe('the documented path of a price', () => {
  it.each([
    ['the line of an alert', 14],
    ['the row in PostgreSQL', 12],
    ['the pixel', 14],
  ])('to %s has at most %d steps, each once, and each connected to the previous one', (goal, most) => {
    const documented = pathTo(goal);
    const steps = documented.map(({ file }) => file);
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.length).toBeLessThanOrEqual(most);
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps.filter((file) => !files.has(file))).toEqual([]);
    const broken = documented.flatMap(({ file, from, through }, index) => {
      if (index === 0) return [];
      if (from !== null && !steps.slice(0, index).includes(from))
        return [`${file}: ${from} is not an earlier step`];
      const chain = [from ?? steps[index - 1], ...through, file];
      return chain.slice(1).flatMap((link, place) => {
        const before = chain[place];
        return areConnected(before, link) ? [] : [`${before} and ${link} do not import each other`];
      });
    });
    expect(broken).toEqual([]);
  });
});
