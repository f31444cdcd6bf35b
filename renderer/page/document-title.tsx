import type { Quote } from '../../shared/domain/quote.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { formatPrice } from '../../shared/format/price.ts';

/** The chosen coin's price in the window's title, which is visible while the page is in the background. */
export function DocumentTitle({ quote: { price, vsCurrency, coinId } }: { readonly quote: Quote }) {
  const name = formatCoinName(coinId);
  return (
    <title>{`${price === null ? name : `${formatPrice(price, vsCurrency)} ${name}`} – Crypto Price Monitor`}</title>
  );
}
