const LOOK_EVERY_MS = 500;

/**
 * Makes a script that npm started end as if by SIGTERM when npm is gone: npm does not pass a SIGTERM on to what it runs,
 * and the program would go on without anybody who knows of it.
 */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  look.unref();
}
