import { z } from 'zod';
import type { Tick } from '../../../../shared/domain/tick.ts';
import type { ValueKind } from '../../../../shared/messages/en/requests.ts';
import { type Message, type MessageParams, message } from '../../../../shared/messages/message.ts';
import { isPlausiblePrice } from '../plausible-price.ts';
import type { PriceBatch, PriceRequest } from '../price-source.ts';
import { faultOfTime } from '../tick-times.ts';

/**
 * The outline of a response of `/simple/price`; each coin is validated separately. Not `z.record`, which validates and
 * copies each key: of 500 coins with five figures each, before a page has their prices.
 */
export const simplePriceSchema = z.custom<Readonly<Record<string, unknown>>>(isObject);

/**
 * Converts a response of `/simple/price` into ticks. A coin without a valid price or time is rejected. A secondary
 * figure that is absent, null or (for volume and market cap) 0 is unknown, which is common for obscure coins; an
 * invalid one is unknown too, with a warning.
 *
 * @param latest the latest plausible time of a price, in ms: see `TickTimes`
 */
export function readSimplePrice(
  response: z.infer<typeof simplePriceSchema>,
  request: PriceRequest,
  source: string,
  latest: number,
): Required<Omit<PriceBatch, 'simulated'>> {
  const ticks: Tick[] = [];
  const missing: string[] = [];
  const rejected: { coinId: string; reason: Message }[] = [];
  const warnings: { coinId: string; reason: Message }[] = [];

  for (const coinId of request.coins) {
    const entry = Object.hasOwn(response, coinId) ? response[coinId] : undefined;
    if (entry === undefined) {
      missing.push(coinId);
      continue;
    }
    if (!isObject(entry)) {
      rejected.push({ coinId, reason: message('answer.not-an-object', { kind: kindOf(entry) }) });
      continue;
    }
    const { vsCurrency } = request;
    const price = entry[vsCurrency];
    const updatedAt = entry.last_updated_at;
    const fault = faultOfPrice(price, vsCurrency) ?? faultOfUpdate(updatedAt, latest);
    if (typeof price !== 'number' || typeof updatedAt !== 'number' || fault !== null) {
      rejected.push({ coinId, reason: fault ?? message('answer.not-numbers') });
      continue;
    }
    const secondaryFigure = (
      field: string,
      figure: MessageParams<'answer.wrong-figure'>['figure'],
      isPossible: (value: number) => boolean,
    ): number | null => {
      const value = entry[field];
      if (value === undefined || value === null) return null;
      if (typeof value === 'number' && Number.isFinite(value) && isPossible(value)) return value;
      warnings.push({ coinId, reason: message('answer.wrong-figure', { figure, kind: kindOf(value) }) });
      return null;
    };
    ticks.push({
      coinId,
      vsCurrency,
      observedAt: Math.round(updatedAt * 1_000),
      price,
      volume24h: secondaryFigure(`${vsCurrency}_24h_vol`, 'volume', (n) => n >= 0) || null,
      amount: null,
      marketCap: secondaryFigure(`${vsCurrency}_market_cap`, 'market-cap', (n) => n >= 0) || null,
      change24hPct: secondaryFigure(`${vsCurrency}_24h_change`, 'change', (n) => n >= -100),
      source,
    });
  }
  return { ticks, missing, rejected, warnings };
}

function faultOfPrice(price: unknown, vsCurrency: string): Message | null {
  if (price === undefined) return message('answer.no-price', { vsCurrency });
  if (isPlausiblePrice(price)) return null;
  if (typeof price === 'number' && Number.isFinite(price) && price > 0)
    return message('answer.implausible-price');
  return message('answer.wrong-price', { kind: kindOf(price) });
}

function faultOfUpdate(seconds: unknown, latest: number): Message | null {
  if (seconds === undefined) return message('answer.no-time');
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    return message('answer.wrong-time', { kind: kindOf(seconds) });
  }
  const fault = faultOfTime(seconds * 1_000, latest);
  return fault === null ? null : message('answer.impossible-time', { fault });
}

/** Whether a value of JSON is an object. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON type of a value. */
function kindOf(value: unknown): ValueKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'number') return 'object';
  if (!Number.isFinite(value)) return 'too-large';
  if (value === 0) return 'zero';
  return value < 0 ? 'negative' : 'impossible';
}
