import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import type { BenchResult } from '../result.ts';

const MAX_KB = 120;
/** Not counted: what the page loads before it needs a chart, such as texts of other parts, and the library that draws the frame. */
const NOT_OURS = [
  /^react(-dom)?(\/|$)/,
  /^recharts(\/|$)/,
  /^@tanstack\//,
  /^zod(\/|$)/,
  /\/shared\/messages\/(?!en\/chart\.ts$)/,
];

/** The size of a chart's code and texts in kB, compressed as they are sent, without React, Recharts and what the page has already. */
export async function codeSize(): Promise<BenchResult> {
  const built = await build({
    root: join(import.meta.dirname, '../..'),
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: {
      write: false,
      minify: true,
      lib: {
        entry: ['renderer/chart/chart-stage.tsx', 'shared/messages/en/chart.ts'],
        formats: ['es'],
        cssFileName: 'chart',
      },
      rollupOptions: { external: NOT_OURS },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  let bytes = 0;
  for (const one of outputs) {
    if (!('output' in one)) continue;
    for (const file of one.output) bytes += gzipSync('code' in file ? file.code : file.source).length;
  }
  return {
    name: 'code beyond React and Recharts, gzip',
    value: bytes / 1_000,
    unit: 'kB',
    ratio: bytes / 1_000 / MAX_KB,
    ratioTo: `${MAX_KB} kB`,
  };
}
