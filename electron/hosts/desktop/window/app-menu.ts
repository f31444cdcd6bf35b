import type { MenuItemConstructorOptions } from 'electron';
import type { PagePart, Place } from '../../../../shared/contract/place.ts';
import { t } from '../../../../shared/messages/message.ts';

type AppMenuParts = {
  readonly platform: NodeJS.Platform;
  readonly onShow: (place: Place) => void;
  readonly onQuit: () => void;
};

const PARTS: readonly PagePart[] = ['prices', 'chart', 'alerts', 'settings', 'rules'];

/**
 * The application menu. macOS shows it at the top of the screen and needs it for copy and paste; elsewhere it is hidden
 * until Alt is pressed, and provides keyboard shortcuts.
 */
export function appMenu({ platform, onShow, onQuit }: AppMenuParts): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const show = (part: PagePart) => (): void => onShow({ kind: 'part', part });
  const settings: MenuItemConstructorOptions = {
    label: t('menu.open-settings'),
    accelerator: 'CommandOrControl+,',
    click: show('settings'),
  };
  const quit: MenuItemConstructorOptions = {
    label: t(isMac ? 'menu.quit-app' : 'menu.quit'),
    accelerator: 'CommandOrControl+Q',
    click: onQuit,
  };
  const parts = PARTS.map(
    (part, index): MenuItemConstructorOptions => ({
      label: t(`menu.${part}`),
      accelerator: `CommandOrControl+${index + 1}`,
      click: show(part),
    }),
  );
  const first: MenuItemConstructorOptions = isMac
    ? {
        label: t('app.name'),
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
        label: t('menu.file'),
        submenu: [settings, { role: 'close' }, { type: 'separator' }, quit],
      };
  return [
    first,
    { role: 'editMenu' },
    {
      label: t('menu.view'),
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
