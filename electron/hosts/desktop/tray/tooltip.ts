import { quoteLine } from './quote-line.ts';
import { statusLines } from './status-lines.ts';
import type { TrayState } from './tray-state.ts';

/** Windows cuts a tooltip off there: NOTIFYICONDATAW.szTip holds 128 characters with the closing zero. */
const MOST_WINDOWS_CHARS = 127;
const MOST_LINES = 12;

/** What is out of the ordinary, then each coin with its price and change, as many as the system has room for. */
export function tooltip(state: TrayState): string {
  const most = state.platform === 'win32' ? MOST_WINDOWS_CHARS : Number.POSITIVE_INFINITY;
  const all = [...statusLines(state), ...state.snapshot.quotes.map(quoteLine)];
  for (let count = Math.min(all.length, MOST_LINES); count > 0; count--) {
    const rest = all.length - count;
    const text = [...all.slice(0, count), ...(rest > 0 ? [`… ${rest} more`] : [])].join('\n');
    if (text.length <= most) return text;
  }
  return 'Crypto Price Monitor';
}
