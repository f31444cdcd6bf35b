import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { virtualClock } from '../electron/monitor/time/clock.ts';
import { ENDPOINTS, type Endpoint } from './faults.ts';
import { excerptOf } from './openapi-excerpt.ts';
import { type DemoServer, startDemoServer } from './server.ts';

type Schema = Parameters<typeof z.fromJSONSchema>[0];
type ObjectSchema = {
  readonly properties?: { readonly [name: string]: ObjectSchema };
  readonly items?: ObjectSchema;
};

const NOW = Date.parse('2026-03-01T12:34:56Z');
const SECONDS = NOW / 1_000;
/** The complete description, if it is beside the project; otherwise the excerpt in the repository is used. */
const WHOLE_DESCRIPTION = join(import.meta.dirname, '../../shared/coingecko/openapi.json');

const excerptSchema = z.record(
  z.enum(ENDPOINTS),
  z.object({ parameters: z.array(z.string()), response: z.custom<Schema>() }),
);
const excerpt = excerptSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'openapi-excerpt.json'), 'utf8')),
);
const validatorOf = (endpoint: Endpoint): z.ZodType =>
  z.fromJSONSchema(excerpt[endpoint].response, { defaultTarget: 'openapi-3.0' });

const PRICE_PARAMETERS =
  'include_market_cap=true&include_24hr_vol=true&include_24hr_change=true&include_last_updated_at=true';

const REQUESTS: readonly (readonly [Endpoint, string])[] = [
  ['/ping', '/ping'],
  [
    '/simple/price',
    `/simple/price?ids=bitcoin,zcash,shiba-inu&vs_currencies=usd&precision=full&${PRICE_PARAMETERS}`,
  ],
  ['/simple/price', '/simple/price?symbols=btc&names=Zcash&vs_currencies=usd'],
  ['/simple/supported_vs_currencies', '/simple/supported_vs_currencies'],
  ['/search', '/search?query=bit'],
  ['/search', '/search?query=nothing-like-it'],
  ['/coins/list', '/coins/list'],
  ['/coins/list', '/coins/list?include_platform=true'],
  ['/coins/markets', '/coins/markets?vs_currency=usd'],
  [
    '/coins/markets',
    '/coins/markets?vs_currency=btc&ids=bitcoin,ethereum&sparkline=true&price_change_percentage=1h,24h,7d,14d,30d,200d,1y&order=volume_asc',
  ],
  ['/coins/{id}', '/coins/bitcoin'],
  ['/coins/{id}', '/coins/zcash?localization=false&tickers=false&market_data=false'],
  ['/coins/{id}/ohlc', '/coins/bitcoin/ohlc?vs_currency=usd&days=1'],
  ['/coins/{id}/ohlc', '/coins/bitcoin/ohlc?vs_currency=eur&days=365&precision=2'],
  ['/coins/{id}/market_chart', '/coins/bitcoin/market_chart?vs_currency=usd&days=90'],
  ['/coins/{id}/market_chart', '/coins/bitcoin/market_chart?vs_currency=eth&days=max&interval=daily'],
  [
    '/coins/{id}/market_chart/range',
    `/coins/bitcoin/market_chart/range?vs_currency=usd&from=${SECONDS - 7_200}&to=${SECONDS}`,
  ],
];

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ clock: virtualClock(NOW), seed: 'openapi' });
});
afterAll(() => server.close());

/** Fields of a response that are not in the description. */
function inventedFields(value: unknown, schema: ObjectSchema | undefined, path = '$'): readonly string[] {
  if (schema === undefined || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((each: unknown) => inventedFields(each, schema.items, `${path}[]`));
  const { properties } = schema;
  if (properties === undefined) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    name in properties ? inventedFields(each, properties[name], `${path}.${name}`) : [`${path}.${name}`],
  );
}

describe("the provider's OpenAPI description", () => {
  it.each(REQUESTS)('matches %s as %s', async (endpoint, path) => {
    const response = await fetch(`${server.url}/api/v3${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-simulated-market')).toBe('1');
    const body: unknown = await response.json();
    const checked = validatorOf(endpoint).safeParse(body);
    expect(checked.error === undefined ? 'valid' : z.prettifyError(checked.error)).toBe('valid');
    expect(inventedFields(body, excerpt[endpoint].response as ObjectSchema)).toEqual([]);
    const described = excerpt[endpoint].parameters;
    for (const name of new URL(path, server.url).searchParams.keys()) expect(described).toContain(name);
  });

  it('covers every endpoint that is served', () => {
    expect([...new Set(REQUESTS.map(([endpoint]) => endpoint))]).toEqual([...ENDPOINTS]);
  });

  it('rejects responses that do not match', () => {
    expect(validatorOf('/simple/price').safeParse({ bitcoin: { usd: '77000' } }).success).toBe(false);
    expect(validatorOf('/coins/list').safeParse([{ id: 'bitcoin', symbol: 'btc' }]).success).toBe(false);
    expect(validatorOf('/coins/markets').safeParse([{}]).success).toBe(false);
    expect(validatorOf('/coins/{id}').safeParse({ id: 'bitcoin' }).success).toBe(false);
    expect(validatorOf('/coins/{id}/ohlc').safeParse([[1, '2', 3, 4, 5]]).success).toBe(false);
    expect(inventedFields([{ id: 'a', price: 1 }], excerpt['/coins/list'].response as ObjectSchema)).toEqual([
      '$[].price',
    ]);
  });

  it.runIf(existsSync(WHOLE_DESCRIPTION))('matches the excerpt in the repository', () => {
    const whole = z.record(z.string(), z.json()).parse(JSON.parse(readFileSync(WHOLE_DESCRIPTION, 'utf8')));
    expect(excerptOf(whole)).toEqual(excerpt);
  });
});
