import { describe, expect, it } from 'vitest';
import { alertMessage } from '../../../../shared/domain/alert-message.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { text } from '../../../../shared/messages/message.ts';
import { ruleFault } from '../bound-rule.ts';
import { ruleOf } from '../rule-fixture.ts';
import { AT, alertsOf, SECOND_MS, tickAt } from './market-fixture.ts';

const RULE = ruleOf('spread', { spreadPct: 1, sources: ['kraken', 'coinbase'], maxAgeSeconds: 60 });
const kraken = (second: number, price: number): Tick => tickAt(AT + second * SECOND_MS, price);
const coinbase = (second: number, price: number): Tick =>
  tickAt(AT + second * SECOND_MS, price, { source: 'coinbase' });
const wordsOf = (ticks: readonly Tick[], rule = RULE): string[] =>
  alertsOf(rule, ticks).map((alert) => `${alert.source}: ${text(alertMessage(alert))}`);

describe('a spread between two sources', () => {
  it('is raised by the later of the two prices, with both prices', () => {
    const ticks = [kraken(0, 100), coinbase(1, 100.5), coinbase(2, 101.2), coinbase(3, 101.3)];
    expect(wordsOf(ticks)).toEqual(['coinbase: price of kraken is 1.20% below that of coinbase']);
    expect(alertsOf(RULE, ticks)[0]).toMatchObject({
      direction: 'down',
      figures: { kraken: 100, coinbase: 101.2 },
    });
    expect(wordsOf([coinbase(0, 100), kraken(1, 102)])).toEqual([
      'kraken: price of kraken is 2.00% above that of coinbase',
    ]);
  });

  it('is of equal size in both directions', () => {
    const exactly = [coinbase(0, 100), kraken(1, 101)];
    expect(alertsOf(RULE, exactly)).toEqual([]);
    expect(alertsOf(RULE, [kraken(0, 100), coinbase(1, 101)])).toEqual([]);
  });

  it('compares no price with one that is too old', () => {
    expect(alertsOf(RULE, [kraken(0, 100), coinbase(61, 105)])).toEqual([]);
    expect(alertsOf(RULE, [kraken(0, 100), coinbase(61, 105), kraken(62, 100)])).toHaveLength(1);
    // A source that is behind reports its prices after newer ones of the other.
    expect(alertsOf(RULE, [kraken(100, 100), coinbase(41, 105)])).toHaveLength(1);
  });

  it('is raised again after it was clearly over, or when it is reversed', () => {
    const ticks = [kraken(0, 100), coinbase(1, 102), coinbase(2, 100.9), coinbase(3, 102)];
    expect(alertsOf(RULE, ticks)).toHaveLength(1);
    const again = [kraken(0, 100), coinbase(1, 102), coinbase(2, 100.5), coinbase(3, 102)];
    expect(alertsOf(RULE, again)).toHaveLength(2);
    expect(wordsOf([kraken(0, 100), coinbase(1, 102), coinbase(2, 97)])).toHaveLength(2);
  });

  it('is raised once at an instant, although a later price of the other source reverses it', () => {
    const ticks = [coinbase(60, 100), kraken(30, 102), kraken(31, 97)];
    expect(wordsOf(ticks)).toEqual(['kraken: price of kraken is 2.00% above that of coinbase']);
  });

  it('ignores other sources and currencies', () => {
    const others = [
      kraken(0, 100),
      tickAt(AT + SECOND_MS, 110, { source: 'coingecko' }),
      tickAt(AT + 2 * SECOND_MS, 90, { source: 'coinbase', vsCurrency: 'eur' }),
    ];
    expect(alertsOf(RULE, others)).toEqual([]);
  });

  it('needs two different sources that exist', () => {
    const faultOf = (sources: string[]): string => {
      const fault = ruleFault(ruleOf('spread', { sources }));
      return fault === null ? '' : text(fault);
    };
    expect(faultOf(['kraken', 'kraken'])).toBe('params.sources must be two different sources');
    expect(faultOf(['kraken', 'krakn'])).toContain('params.sources.1 is not one of');
    expect(faultOf(['kraken'])).not.toBe('');
  });
});
