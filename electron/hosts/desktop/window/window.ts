import { join } from 'node:path';
import { BrowserWindow, nativeTheme, type Rectangle, screen } from 'electron';
import { t } from '../../../../shared/messages/message.ts';
import { packageRoot } from '../../../monitor/files/package-root.ts';
import type { DesktopState } from '../state/desktop-state.ts';
import { appIcon } from './app-icon.ts';
import { visibleBounds } from './visible-bounds.ts';

/** `--ground` of the page in renderer/styles/tokens.css. */
const GROUND = { light: '#e9e9e5', dark: '#08090b' } as const;

const DEFAULT_SIZE = { width: 1_180, height: 800 };

/** Creates the window, hidden, at its last position. The page is loaded immediately, so that showing it later takes no time. */
export function createWindow({ bounds, isMaximized }: DesktopState): BrowserWindow {
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...(bounds === null ? {} : visibleBounds(bounds, workAreas())),
    minWidth: 380,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    title: t('app.name'),
    ...appIcon(process.platform),
    // The background color until the page has painted, so that a dark page does not flash white.
    backgroundColor: nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light,
    webPreferences: {
      preload: join(packageRoot(), 'out/preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  // Maximizing shows a window, so it is deferred until the window is shown.
  if (isMaximized) window.once('show', () => window.maximize());
  return window;
}

/** Moves a window back onto an existing display. */
export function placeOnDisplay(window: Pick<BrowserWindow, 'getNormalBounds' | 'setBounds'>): void {
  const bounds = window.getNormalBounds();
  const placed = visibleBounds(bounds, workAreas());
  if (placed !== bounds) window.setBounds(placed);
}

function workAreas(): readonly Rectangle[] {
  return screen.getAllDisplays().map(({ workArea }) => workArea);
}
