import type { ClientBase } from 'pg';
import { message } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import type { NoPrices } from '../monitor/backtest/past-prices.ts';
import { readStoredSeries } from '../monitor/store/reads/read-stored-series.ts';

/** Whose prices were requested. */
export type WantedPrices = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly source?: string | undefined;
};

/** The reason why there are no prices: nothing is stored for the coin, currency or source; otherwise the original error. */
export async function whyNoPrices(
  client: ClientBase,
  cause: NoPrices,
  wanted: WantedPrices,
): Promise<MessageError> {
  return (await nothingStored(client, wanted, cause)) ?? cause;
}

/** The error that nothing is stored for a coin, currency or source, listing what is; null if something is stored. */
export async function nothingStored(
  client: ClientBase,
  { coinId, vsCurrency, source }: WantedPrices,
  cause?: unknown,
): Promise<MessageError | null> {
  const all = await readStoredSeries(client);
  const ofCoin = all.filter((series) => series.coinId === coinId);
  const ofCurrency = ofCoin.filter((series) => series.vsCurrency === vsCurrency);
  const nothingOf = (what: 'coin' | 'currency' | 'source', known: readonly string[]): MessageError => {
    const wanted = { what, coinId, vsCurrency, source: source ?? '' };
    return new MessageError(message('backtest.nothing-of', { ...wanted, known: unique(known) }), { cause });
  };
  if (ofCoin.length === 0)
    return nothingOf(
      'coin',
      all.map((series) => series.coinId),
    );
  if (ofCurrency.length === 0)
    return nothingOf(
      'currency',
      ofCoin.map((series) => series.vsCurrency),
    );
  const sources = ofCurrency.map((series) => series.source);
  return source === undefined || sources.includes(source) ? null : nothingOf('source', sources);
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];
