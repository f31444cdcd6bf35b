import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron';
import type { Clock } from '../../monitor/clock.ts';
import type { TrayIcon } from './tray-icon.ts';
import type { TrayAction, TrayItem } from './tray-menu.ts';
import type { TrayModel } from './tray-model.ts';

export type TrayViewParts = {
  readonly tray: Pick<Tray, 'setImage' | 'setToolTip' | 'setTitle' | 'setContextMenu' | 'destroy'>;
  readonly image: (icon: TrayIcon) => NativeImage;
  readonly buildMenu: (template: MenuItemConstructorOptions[]) => Menu;
  /** Computed when it is about to be shown. */
  readonly model: () => TrayModel;
  readonly onAction: (action: TrayAction) => void;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
};

export type TrayView = {
  /** Something that the tray shows may have changed. */
  changed(): void;
  /** Takes the icon away. */
  close(): void;
};

/** An icon that flickers helps nobody, and each menu costs a message to the desktop's own process. */
const LEAST_GAP_MS = 1_000;

/** Shows the model in the tray: at once, then at most once a second, and only the parts that differ from what is shown. */
export function createTrayView(parts: TrayViewParts): TrayView {
  const { tray, clock } = parts;
  const closing = new AbortController();
  let shown: TrayModel | null = null;
  let shownAt = Number.NEGATIVE_INFINITY;
  let isDue = false;
  /** Held here: a menu that nobody holds is collected, and its clicks are lost. */
  let menu: Menu | null = null;

  const apply = (): void => {
    const next = parts.model();
    const before = shown;
    shown = next;
    shownAt = clock.now();
    if (next.icon !== before?.icon) tray.setImage(parts.image(next.icon));
    if (next.tooltip !== before?.tooltip) tray.setToolTip(next.tooltip);
    if (parts.platform === 'darwin' && next.title !== (before?.title ?? '')) tray.setTitle(next.title);
    if (JSON.stringify(next.menu) !== JSON.stringify(before?.menu)) {
      menu = parts.buildMenu(template(next.menu, parts.onAction));
      tray.setContextMenu(menu);
    }
  };

  apply();

  return {
    changed() {
      if (isDue) return;
      isDue = true;
      clock.sleep(Math.max(0, shownAt + LEAST_GAP_MS - clock.now()), closing.signal).then(
        () => {
          isDue = false;
          apply();
        },
        () => undefined, // closed meanwhile
      );
    },
    close() {
      closing.abort();
      tray.destroy();
      menu = null;
    },
  };
}

function template(
  items: readonly TrayItem[],
  onAction: (action: TrayAction) => void,
): MenuItemConstructorOptions[] {
  return items.map((item) => menuItem(item, onAction));
}

function menuItem(item: TrayItem, onAction: (action: TrayAction) => void): MenuItemConstructorOptions {
  if (item.kind === 'separator') return { type: 'separator' };
  const label = literal(item.label);
  switch (item.kind) {
    case 'text':
      return { label, enabled: false };
    case 'submenu':
      return { label, submenu: template(item.items, onAction) };
    case 'action': {
      const click = (): void => onAction(item.action);
      return item.checked === undefined
        ? { label, click }
        : { type: 'checkbox', checked: item.checked, label, click };
    }
  }
}

/** In a menu a single ampersand would underline the letter after it. */
const literal = (label: string): string => label.replaceAll('&', '&&');
