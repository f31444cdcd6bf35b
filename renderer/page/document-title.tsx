import type { Quote } from '../../shared/domain.ts';
import { formatCoinName, formatPrice } from '../../shared/format.ts';

/** The chosen coin's price in the window's title, where it is seen with the page in the background. */
export function DocumentTitle({ quote: { price, vsCurrency, coinId } }: { readonly quote: Quote }) {
  const name = formatCoinName(coinId);
  return (
    <title>{`${price === null ? name : `${formatPrice(price, vsCurrency)} ${name}`} – Crypto Price Monitor`}</title>
  );
}
