import type { Client } from 'pg';

/** A client that explains every statement before running it. */
export function explaining(client: Client, onPlan: (plan: string) => void): Client {
  const query = async (text: string, values?: unknown[]): Promise<unknown> => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers) ${text}`,
      values,
    );
    onPlan(rows.map((row) => row['QUERY PLAN']).join('\n'));
    return client.query(text, values);
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)),
  });
}
