import type { NamedMarket } from './pairs.ts';
import type { Venue } from './venue.ts';

/** A market with its last price, in the format of docs.cdp.coinbase.com, "List Public Products". */
export function product({ priceNow, dailyVolume, now }: Venue, { pair, name, base, quote }: NamedMarket) {
  return {
    product_id: name,
    price: priceNow(pair).toFixed(10),
    price_percentage_change_24h: '0',
    volume_24h: dailyVolume(pair, now()).toFixed(8),
    volume_percentage_change_24h: '0',
    base_increment: '0.00000001',
    quote_increment: '0.0000000001',
    quote_min_size: '1',
    quote_max_size: '150000000',
    base_min_size: '0.00000001',
    base_max_size: '3400',
    base_name: pair.coin.name,
    quote_name: quote,
    watched: false,
    is_disabled: false,
    new: false,
    status: 'online',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: false,
    auction_mode: false,
    product_type: 'SPOT',
    quote_currency_id: quote,
    base_currency_id: base,
    fcm_trading_session_details: null,
    mid_market_price: '',
    alias: quote === 'USDC' ? `${base}-USD` : '',
    alias_to: quote === 'USD' ? [`${base}-USDC`] : [],
    base_display_symbol: base,
    quote_display_symbol: quote,
    view_only: false,
    price_increment: '0.0000000001',
    display_name: name,
    product_venue: 'CBE',
  };
}
