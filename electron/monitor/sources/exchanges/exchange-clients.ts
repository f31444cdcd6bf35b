import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { TickTimes } from '../tick-times.ts';
import { createExchangeClient, type ExchangeClient, type ExchangeClientOptions } from './exchange-client.ts';
import { rejectImplausibleTimes } from './reject-implausible-times.ts';

/** One client per exchange, created on first use. */
export type ExchangeClients = {
  of(exchange: ExchangeId): ExchangeClient;
  close(): Promise<void>;
};

export type ExchangeClientsOptions = Omit<ExchangeClientOptions, 'id'> & {
  /** Decides which times of trades are plausible. */
  readonly times: Pick<TickTimes, 'accepts'>;
};

export function createExchangeClients({ times, ...options }: ExchangeClientsOptions): ExchangeClients {
  const clients = new Map<ExchangeId, ExchangeClient>();
  return {
    of(id) {
      const existing = clients.get(id);
      if (existing) return existing;
      const created = rejectImplausibleTimes(createExchangeClient({ id, ...options }), times);
      clients.set(id, created);
      return created;
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}
