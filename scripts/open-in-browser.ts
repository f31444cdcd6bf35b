import open from 'open';

/** Whether this machine has a display and the user has not disabled the browser with `BROWSER=none`. */
export function mayOpenBrowser(env: NodeJS.ProcessEnv, platform = process.platform): boolean {
  if (env.CI || env.BROWSER === 'none') return false;
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
}

/** Opens a page in the user's browser, with `xdg-open`, `open` or `start`. Calls `onFailure` when there is none. */
export function openInBrowser(url: string, onFailure: () => void): void {
  open(url).then((opener) => {
    opener.once('exit', (code) => {
      if (code !== 0) onFailure();
    });
  }, onFailure);
}
