import { formatPrice } from '../../../../shared/format/price.ts';
import { t } from '../../../../shared/messages/message.ts';
import { quoteLine } from './quote-line.ts';
import { statusLines } from './status-lines.ts';
import { type TrayIcon, trayIcon } from './tray-icon.ts';
import { type TrayItem, trayMenu } from './tray-menu.ts';
import type { TrayState } from './tray-state.ts';

/** The tray as the user sees it. */
export type TrayModel = {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  /** Text beside the icon, on macOS; empty elsewhere. */
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

/** Windows truncates tooltips to this length: NOTIFYICONDATAW.szTip holds 128 characters with the terminating zero. */
const MAX_WINDOWS_CHARS = 127;
const MAX_LINES = 12;

/** Problems first, then each coin with its price and change, as many as fit. */
function tooltip(state: TrayState): string {
  const most = state.platform === 'win32' ? MAX_WINDOWS_CHARS : Number.POSITIVE_INFINITY;
  const all = [...statusLines(state), ...state.snapshot.quotes.map(quoteLine)];
  for (let count = Math.min(all.length, MAX_LINES); count > 0; count--) {
    const rest = all.length - count;
    const text = [...all.slice(0, count), ...(rest > 0 ? [t('tray.more-lines', { count: rest })] : [])].join(
      '\n',
    );
    if (text.length <= most) return text;
  }
  return t('app.name');
}
