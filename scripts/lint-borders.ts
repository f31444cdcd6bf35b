import { join } from 'node:path';
import { crossings } from './borders.ts';
import { fileGraph, findCycle } from './import-graph.ts';

/** A part of `npm run lint`: checks which folders import which others. */
const files = fileGraph(join(import.meta.dirname, '..'), 'electron', 'shared', 'renderer');
const cycle = findCycle(files);
const faults = [...crossings(files), ...(cycle === null ? [] : [`a cycle: ${cycle.join(' → ')}`])];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
