import { until } from '../../program.ts';
import { run } from './session-bus.ts';
import { TILE_COLOUR } from './tray-item.ts';

const MAX_BYTES = 2 ** 26;
/** The maximum height of the panel at the top. */
const PANEL_HEIGHT = 60;
const AROUND_ICON = 48;

/** The display with its mouse. Pictures are PNGs. */
export const screen = {
  /** The panel around the tray icon, four times as large. */
  async trayIcon(): Promise<Buffer> {
    const { x, y } = await findTrayIcon();
    const [left, top] = [x, y].map((middle) => Math.max(0, middle - AROUND_ICON / 2));
    const cut = `${AROUND_ICON}x${AROUND_ICON}+${left}+${top}`;
    return picture('-crop', cut, '-filter', 'point', '-resize', '400%');
  },

  /** The whole screen with the menu that the right button opens on the tray icon. The menu is closed afterwards. */
  async withTrayMenu(): Promise<Buffer> {
    const { x, y } = await findTrayIcon();
    const before = await windowCount();
    await run('xdotool', ['mousemove', String(x), String(y), 'click', '3']);
    await until(async () => (await windowCount()) > before);
    const image = await picture();
    await run('xdotool', ['key', 'Escape', 'mousemove', '0', '400']);
    return image;
  },

  /** Whether there is a visible window whose title matches this expression. */
  async hasWindow(title: string): Promise<boolean> {
    const search = ['search', '--onlyvisible', '--name', title];
    return run('xdotool', search).then(
      () => true,
      () => false, // without such a window, it exits with 1
    );
  },

  /** Whether the window whose title contains this text has an icon for its frame and for the list of windows. */
  async windowHasIcon(title: string): Promise<boolean> {
    const { stdout: ids } = await run('xdotool', ['search', '--onlyvisible', '--name', title]);
    const [id = ''] = ids.split('\n');
    const { stdout } = await run('xprop', ['-id', id, '-notype', '_NET_WM_ICON'], { maxBuffer: MAX_BYTES });
    return stdout.includes('Icon (');
  },
};

/** The center of the only area in the panel with the background of the icon. */
async function findTrayIcon(): Promise<{ x: number; y: number }> {
  const { stdout: size } = await run('xdotool', ['getdisplaygeometry']);
  const width = Number(size.split(' ')[0]);
  const args = ['-window', 'root', '-crop', `${width}x${PANEL_HEIGHT}+0+0`, '-depth', '8', 'rgb:-'];
  const { stdout } = await run('import', args, { encoding: 'buffer', maxBuffer: MAX_BYTES });
  const [r, g, b] = Buffer.from(TILE_COLOUR.slice(1), 'hex');
  const found: { x: number; y: number }[] = [];
  for (let at = 0; at < stdout.length; at += 3) {
    if (stdout[at] !== r || stdout[at + 1] !== g || stdout[at + 2] !== b) continue;
    found.push({ x: (at / 3) % width, y: Math.floor(at / 3 / width) });
  }
  const middle = found[found.length >> 1];
  if (middle === undefined) throw new Error('The panel at the top of the screen shows no tray icon.');
  return middle;
}

/** The number of windows, including menus, each of which is a window. */
async function windowCount(): Promise<number> {
  const { stdout } = await run('xdotool', ['search', '--onlyvisible', '--name', '']);
  return stdout.split('\n').length;
}

async function picture(...options: readonly string[]): Promise<Buffer> {
  const args = ['-window', 'root', ...options, 'png:-'];
  return (await run('import', args, { encoding: 'buffer', maxBuffer: MAX_BYTES })).stdout;
}
