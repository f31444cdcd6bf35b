import type { ClientBase } from 'pg';

/** A coin in a quote currency from one source that has stored prices. */
export type StoredSeries = { readonly coinId: string; readonly vsCurrency: string; readonly source: string };

/** Reads which series have stored prices, either the program's own or a provider's history. */
export async function readStoredSeries(client: ClientBase): Promise<readonly StoredSeries[]> {
  const { rows } = await client.query<StoredSeries>(`
    select coin_id as "coinId", vs_currency as "vsCurrency", source from series
    union
    select coin_id, vs_currency, source from history_asked where found
    order by 1, 2, 3`);
  return rows;
}
