import { formatPrice } from '../../../../shared/format/price.ts';
import { tooltip } from './tooltip.ts';
import { type TrayIcon, trayIcon } from './tray-icon.ts';
import { type TrayItem, trayMenu } from './tray-menu.ts';
import type { TrayState } from './tray-state.ts';

/** The tray as a person sees it. */
export type TrayModel = {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  /** Beside the icon, on macOS; empty elsewhere. */
  readonly title: string;
  readonly menu: readonly TrayItem[];
};

export function trayModel(state: TrayState): TrayModel {
  return { icon: trayIcon(state), tooltip: tooltip(state), title: title(state), menu: trayMenu(state) };
}

function title({ platform, titleCoin, snapshot }: TrayState): string {
  if (platform !== 'darwin' || titleCoin === null) return '';
  const quote = snapshot.quotes.find(({ coinId }) => coinId === titleCoin);
  return quote === undefined || quote.price === null ? '' : formatPrice(quote.price, quote.vsCurrency);
}
