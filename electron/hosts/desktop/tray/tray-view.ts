import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron';
import type { Clock } from '../../../monitor/time/clock.ts';
import type { TrayIcon } from './tray-icon.ts';
import type { TrayAction, TrayItem } from './tray-menu.ts';
import type { TrayModel } from './tray-model.ts';

export type TrayViewParts = {
  readonly tray: Pick<Tray, 'setImage' | 'setToolTip' | 'setTitle' | 'setContextMenu' | 'destroy'>;
  readonly image: (icon: TrayIcon) => NativeImage;
  readonly buildMenu: (template: MenuItemConstructorOptions[]) => Menu;
  /** Computed immediately before it is shown. */
  readonly model: () => TrayModel;
  readonly onAction: (action: TrayAction) => void;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
};

export type TrayView = {
  /** Something that the tray shows may have changed. */
  changed(): void;
  /** Prices may have changed, and nothing else. */
  pricesChanged(): void;
  /** Removes the icon. */
  close(): void;
};

/** Prevents a flickering icon. */
const MIN_GAP_MS = 1_000;
/** Streamed prices change all the time, and the tray is rarely open: computing and setting texts is most of its work. */
const PRICE_GAP_MS = 2_000;
/**
 * A menu can only be replaced as a whole, and one that is open may close or scroll to its start. Prices change with every
 * trade and do not justify that.
 */
const MENU_GAP_MS = 10_000;

/**
 * Shows the model in the tray: immediately, then at most once a second, and only the parts that differ from what is shown. Prices
 * are updated every two seconds, and every ten in the menu.
 */
export function createTrayView(parts: TrayViewParts): TrayView {
  const { tray, clock } = parts;
  const closing = new AbortController();
  let shown: TrayModel | null = null;
  let shownAt = Number.NEGATIVE_INFINITY;
  /** When the next update is scheduled; infinite while nothing has changed. */
  let dueAt = Number.POSITIVE_INFINITY;
  /** Referenced here: a menu without a reference is garbage-collected, and its clicks are lost. */
  let menu: Menu | null = null;
  /** The displayed menu as text, with and without its prices. */
  let shownMenu = { whole: '[]', rest: '[]' };
  let menuAt = Number.NEGATIVE_INFINITY;

  let isMenuDue = false;

  const showMenu = (next: readonly TrayItem[]): void => {
    const whole = JSON.stringify(next);
    if (whole === shownMenu.whole) return;
    const rest = JSON.stringify(withoutPrices(next));
    const leftMs = menuAt + MENU_GAP_MS - clock.now();
    if (leftMs > 0 && rest === shownMenu.rest) {
      showMenuLater(leftMs);
      return;
    }
    menu = parts.buildMenu(template(next, parts.onAction));
    tray.setContextMenu(menu);
    shownMenu = { whole, rest };
    menuAt = clock.now();
  };

  const showMenuLater = (ms: number): void => {
    if (isMenuDue) return;
    isMenuDue = true;
    // Bounds the wait if the clock was set back.
    clock.sleep(Math.min(ms, MENU_GAP_MS), closing.signal).then(
      () => {
        isMenuDue = false;
        menuAt = Number.NEGATIVE_INFINITY;
        apply();
      },
      () => undefined, // closed meanwhile
    );
  };

  const apply = (): void => {
    const next = parts.model();
    const before = shown;
    shown = next;
    shownAt = clock.now();
    if (next.icon !== before?.icon) tray.setImage(parts.image(next.icon));
    if (next.tooltip !== before?.tooltip) tray.setToolTip(next.tooltip);
    if (parts.platform === 'darwin' && next.title !== (before?.title ?? '')) tray.setTitle(next.title);
    showMenu(next.menu);
  };

  /** Schedules an update for this long after the last one, unless an earlier one is scheduled already. */
  const applyAfter = (gapMs: number): void => {
    const now = clock.now();
    // Bounds the wait if the clock was set back.
    const leftMs = Math.min(Math.max(0, shownAt + gapMs - now), gapMs);
    const at = now + leftMs;
    if (at >= dueAt) return;
    dueAt = at;
    clock.sleep(leftMs, closing.signal).then(
      () => {
        // Skip this update if an earlier one replaced it.
        if (dueAt !== at) return;
        dueAt = Number.POSITIVE_INFINITY;
        apply();
      },
      () => undefined, // closed meanwhile
    );
  };

  apply();

  return {
    changed: () => applyAfter(MIN_GAP_MS),
    pricesChanged: () => applyAfter(PRICE_GAP_MS),
    close() {
      closing.abort();
      tray.destroy();
      menu = null;
    },
  };
}

/** The menu without prices. */
function withoutPrices(items: readonly TrayItem[]): readonly TrayItem[] {
  return items.map((item) => {
    const isCoin = item.kind === 'action' && item.action.do === 'show' && item.action.place?.kind === 'coin';
    return isCoin ? { ...item, label: '' } : item;
  });
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

/** In a menu, a single ampersand would underline the next character. */
const literal = (label: string): string => label.replaceAll('&', '&&');
