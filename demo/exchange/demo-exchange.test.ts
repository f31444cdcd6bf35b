import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { type DemoServer, startDemoServer } from '../server.ts';

const COINBASE = '/coinbase/api/v3/brokerage/market/products';
const BINANCE = '/binance/api/v3';

let server: DemoServer;

beforeAll(async () => {
  server = await startDemoServer({ clock: systemClock, seed: 'refusals' });
});
afterAll(() => server.close());

describe('the simulated exchanges', () => {
  it.each([
    ['/kraken/0/public/OHLC?pair=XBTGBP', 200, { error: ['EQuery:Unknown asset pair'] }],
    [`${COINBASE}/BTC-GBP/ticker?limit=1`, 404, { error: 'NOT_FOUND' }],
    [`${COINBASE}/BTC-USD/ticker`, 400, { error: 'INVALID_ARGUMENT' }],
    [`${COINBASE}/BTC-USD/candles?granularity=ONE_MINUTE&start=0&end=20940`, 200, {}],
    [`${COINBASE}/BTC-USD/candles?granularity=ONE_MINUTE&start=0&end=21000`, 400, {}],
    [`${COINBASE}/BTC-USD/candles?granularity=FOUR_HOUR&start=0&end=60`, 400, {}],
    [`${BINANCE}/trades?symbol=BTCUSD`, 400, { code: -1121 }],
    [`${BINANCE}/trades?symbol=BTCEUR&startTime=1`, 400, { code: -1104 }],
    [`${BINANCE}/klines?symbol=BTCEUR&interval=7m`, 400, { code: -1120 }],
    ['/kraken/api/v3/exchangeInfo', 404, {}],
    ['/bitstamp/api/v2/ticker', 404, {}],
  ])('respond to %s with %i in the format of the exchange', async (path, status, body) => {
    const response = await fetch(server.exchangeUrl + path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(body);
  });

  it.each(['/kraken/v2', '/coinbase', '/binance/ws/1'])(
    'continue when %s receives invalid JSON',
    async (path) => {
      const socket = new WebSocket(`${server.exchangeUrl.replace('http', 'ws')}${path}`);
      await once(socket, 'open');
      socket.send('no JSON');
      socket.ping();
      await once(socket, 'pong');
      socket.terminate();
    },
  );

  it('record a trade once and return it on each exchange that lists the market', async () => {
    const { at, id } = server.exchange.trade('bitcoin', 50_000, { vsCurrency: 'eur' });
    const textOf = async (path: string): Promise<string> =>
      JSON.stringify(await (await fetch(server.exchangeUrl + path)).json());
    expect(await textOf('/kraken/0/public/Trades?pair=XBTEUR')).toContain(`${at / 1_000},"b","m","",${id}]`);
    expect(await textOf(`${COINBASE}/BTC-EUR/ticker?limit=5`)).toContain(`"trade_id":"${id}"`);
    expect(await textOf(`${BINANCE}/trades?symbol=BTCEUR`)).toContain(
      `"id":${id},"price":"50000.0000000000"`,
    );
    expect(await textOf(`${BINANCE}/trades?symbol=BTCUSDT`)).not.toContain(`"id":${id},`);
  });
});
