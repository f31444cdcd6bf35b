import type { Quote } from '../../shared/domain/quote.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t } from '../../shared/messages/message.ts';

/** The chosen coin's price in the window's title, which is visible while the page is in the background. */
export function DocumentTitle({ quote: { price, vsCurrency, coinId } }: { readonly quote: Quote }) {
  const coin = formatCoinName(coinId);
  return (
    <title>{t('page.title', { price: price === null ? null : formatPrice(price, vsCurrency), coin })}</title>
  );
}
