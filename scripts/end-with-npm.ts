const CHECK_EVERY_MS = 500;

/**
 * Ends a script that npm started as if by SIGTERM when npm exits: npm does not forward SIGTERM, and the script would
 * keep running unnoticed.
 */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS);
  look.unref();
}
