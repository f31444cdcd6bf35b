#!/usr/bin/env node
/** Entry point of the command line. It loads the program only after checking the version of Node, which older ones could not parse. */
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
