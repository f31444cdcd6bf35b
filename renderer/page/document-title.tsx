import { formatCoinName } from '../../shared/format/name.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t } from '../../shared/messages/message.ts';
import { useSnapshot } from '../api/use-snapshot.ts';

/** The price of a coin in the window's title, which is visible while the page is in the background. */
export function DocumentTitle({ coinId }: { readonly coinId: string }) {
  const coin = formatCoinName(coinId);
  const price = useSnapshot(({ quotes }) => {
    const quote = quotes.find((one) => one.coinId === coinId);
    return quote === undefined || quote.price === null ? null : formatPrice(quote.price, quote.vsCurrency);
  });
  return <title>{t('page.title', { price: price ?? null, coin })}</title>;
}
