import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import { binanceSocket } from './binance-socket.ts';
import { coinbaseSocket } from './coinbase-socket.ts';
import { krakenSocket } from './kraken-socket.ts';
import type { SocketDialect } from './socket-dialect.ts';

export const SOCKET_DIALECTS: Readonly<Record<ExchangeId, SocketDialect>> = {
  kraken: krakenSocket,
  coinbase: coinbaseSocket,
  binance: binanceSocket,
};
