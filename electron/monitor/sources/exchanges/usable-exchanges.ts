import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import { CLOCK_VARIABLE } from '../../time/clock-from-environment.ts';

/**
 * Set only by the demo and by tests: base URL of a server that speaks the exchanges' formats,
 * `http://127.0.0.1:…/exchange`.
 */
export const EXCHANGE_URL_VARIABLE = 'MONITOR_DEMO_EXCHANGE_URL';

type Environment = Readonly<Record<string, string | undefined>>;

/** Base URL of the simulated exchanges that replace the real ones, or null. */
export function demoExchangeUrl(env: Environment): string | null {
  return env[EXCHANGE_URL_VARIABLE] || null;
}

/**
 * The exchanges that may be used. Real prices never mix with simulated ones: a simulated market uses simulated
 * exchanges or none.
 */
export function usableExchanges(
  env: Environment,
  exchanges: readonly ExchangeId[],
  isSimulated: boolean,
): readonly ExchangeId[] {
  if (demoExchangeUrl(env) !== null) return exchanges;
  return isSimulated || env[CLOCK_VARIABLE] ? [] : exchanges;
}
