#!/usr/bin/env node
/** The entry of the terminal. It imports nothing that an old Node could not load, so that it can say so. */
const OLDEST_NODE_MAJOR = 24;

const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE_MAJOR) {
  process.stderr.write(
    `crypto-price-monitor needs Node ${OLDEST_NODE_MAJOR} or newer; this is ${process.versions.node}. ` +
      'In a checkout of the project, "npm run headless" brings its own.\n',
  );
  process.exitCode = 1;
} else {
  const { runCommandLine } = await import('./commands/command-line.ts');
  await runCommandLine(process.argv.slice(2));
}
