import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { message, verbatim } from '../../../../shared/messages/message.ts';
import type { PriceBatch } from '../price-source.ts';
import { createBatchWarnings } from './batch-warnings.ts';

const EMPTY: PriceBatch = { ticks: [], missing: [], rejected: [], simulated: false };

function createLogged() {
  const lines: { coinId: string; reason: string; times: number }[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { lines, warnings: createBatchWarnings(log) };
}

describe('batch warnings', () => {
  it('are logged the first time and then every hundredth, with their count', () => {
    const { lines, warnings } = createLogged();
    const batch = { ...EMPTY, rejected: [{ coinId: 'zcash', reason: verbatim('the price is null') }] };
    for (let poll = 0; poll < 250; poll++) warnings.note(batch);
    expect(lines).toMatchObject([
      { coinId: 'zcash', reason: 'the price is null', times: 1 },
      { times: 100 },
      { times: 200 },
    ]);
  });

  it('are counted separately for each coin and reason', () => {
    const { lines, warnings } = createLogged();
    warnings.note({
      ...EMPTY,
      missing: ['bitconi'],
      rejected: [{ coinId: 'zcash', reason: verbatim('the price is null') }],
      warnings: [
        { coinId: 'zcash', reason: message('answer.wrong-figure', { figure: 'market-cap', kind: 'text' }) },
      ],
    });
    warnings.note({ ...EMPTY, rejected: [{ coinId: 'bitcoin', reason: verbatim('the price is null') }] });
    expect(lines.map(({ coinId, times }) => [coinId, times])).toEqual([
      ['zcash', 1],
      ['zcash', 1],
      ['bitconi', 1],
      ['bitcoin', 1],
    ]);
  });

  it('are not logged for a valid batch', () => {
    const { lines, warnings } = createLogged();
    warnings.note(EMPTY);
    expect(lines).toEqual([]);
  });
});
