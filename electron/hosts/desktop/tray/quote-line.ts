import type { Quote } from '../../../../shared/domain/quote.ts';
import { formatCoinName } from '../../../../shared/format/name.ts';
import { formatPct } from '../../../../shared/format/percent.ts';
import { formatPrice } from '../../../../shared/format/price.ts';
import { t } from '../../../../shared/messages/message.ts';

/** A coin as one line: `Bitcoin  $64,123.45  +1.20%`, with the 24-hour change. */
export function quoteLine({ coinId, vsCurrency, price, change24hPct, problem }: Quote): string {
  const name = formatCoinName(coinId);
  if (price === null) return problem === null ? `${name}  –` : t('tray.no-price', { coin: name });
  const change = change24hPct === null ? '' : `  ${formatPct(change24hPct)}`;
  return `${name}  ${formatPrice(price, vsCurrency)}${change}`;
}
