import type { MenuItemConstructorOptions } from 'electron';
import type { PagePart, Place } from '../../../../shared/contract/place.ts';

type AppMenuParts = {
  readonly platform: NodeJS.Platform;
  readonly onShow: (place: Place) => void;
  readonly onQuit: () => void;
};

const PARTS: readonly { readonly part: PagePart; readonly label: string }[] = [
  { part: 'prices', label: 'Prices' },
  { part: 'chart', label: 'Chart' },
  { part: 'alerts', label: 'Alerts' },
  { part: 'settings', label: 'Settings' },
];

/**
 * The application menu. macOS shows it at the top of the screen and takes copy and paste from it; elsewhere it is hidden
 * behind the Alt key and is there for its keys.
 */
export function appMenu({ platform, onShow, onQuit }: AppMenuParts): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const show = (part: PagePart) => (): void => onShow({ kind: 'part', part });
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CommandOrControl+,',
    click: show('settings'),
  };
  const quit: MenuItemConstructorOptions = {
    label: isMac ? 'Quit Crypto Price Monitor' : 'Quit',
    accelerator: 'CommandOrControl+Q',
    click: onQuit,
  };
  const parts = PARTS.map(
    ({ part, label }, index): MenuItemConstructorOptions => ({
      label,
      accelerator: `CommandOrControl+${index + 1}`,
      click: show(part),
    }),
  );
  const first: MenuItemConstructorOptions = isMac
    ? {
        label: 'Crypto Price Monitor',
        submenu: [
          { role: 'about' },
          { type: 'separator' },
          settings,
          { type: 'separator' },
          { role: 'hide' },
          { role: 'hideOthers' },
          { role: 'unhide' },
          { type: 'separator' },
          quit,
        ],
      }
    : {
        label: 'File',
        submenu: [settings, { role: 'close' }, { type: 'separator' }, quit],
      };
  return [
    first,
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        ...parts,
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
  ];
}
