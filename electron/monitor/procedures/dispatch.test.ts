import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../shared/contract/api-error.ts';
import { type ProcedureName, procedures } from '../../../shared/contract/procedures.ts';
import type { Response } from '../../../shared/contract/wire.ts';
import { text, verbatim } from '../../../shared/messages/message.ts';
import { silentLog } from '../logging/logger.ts';
import { createDispatch, type Implementations } from './dispatch.ts';

const fail = (): never => {
  throw new Error('a secret of the inside');
};

type FailingImplementations = Readonly<Record<ProcedureName, () => never>>;

const implementations: Implementations = {
  ...(Object.fromEntries(Object.keys(procedures).map((name) => [name, fail])) as FailingImplementations),
  candles: ({ coinId, interval }) => ({
    coinId,
    vsCurrency: 'usd',
    interval,
    volumeKind: null,
    candles: [],
    sources: [],
  }),
  alerts: () => {
    throw new ApiError('unavailable', verbatim('Not now.'));
  },
};

const dispatch = createDispatch(implementations, silentLog);
const call = (procedure: string, input: unknown) => dispatch({ id: 7, procedure, input });

/** The response with its message as a page shows it. */
const shown = (response: Response) =>
  response.ok
    ? response
    : { ...response, error: { ...response.error, message: text(response.error.message) } };

describe('dispatch', () => {
  it('returns the result of the implementation', async () => {
    expect(await call('candles', { coinId: 'zcash', interval: '1h', limit: 5 })).toEqual({
      id: 7,
      ok: true,
      output: {
        coinId: 'zcash',
        vsCurrency: 'usd',
        interval: '1h',
        volumeKind: null,
        candles: [],
        sources: [],
      },
    });
  });

  it.each([
    ['not a message', 0, 'This is not a valid request.'],
    [{ id: 7, procedure: 'candles', input: {}, more: 1 }, 0, 'This is not a valid request.'],
    [{ id: 7, procedure: 'quit', input: {} }, 7, 'There is no procedure "quit".'],
    [{ id: 7, procedure: 'toString', input: {} }, 7, 'There is no procedure "toString".'],
  ])('refuses %j', async (sent, id, words) => {
    expect(shown(await dispatch(sent))).toEqual({
      id,
      ok: false,
      error: { code: 'bad-request', message: words },
    });
  });

  it('names the field that is wrong', async () => {
    const response = await call('candles', { coinId: 'zcash', interval: '2y', limit: 5 });
    expect(response).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(JSON.stringify(shown(response))).toContain('interval');
  });

  it('refuses a key that no request can carry, without repeating it', async () => {
    const response = await call('secrets.set', { name: 'coingeckoApiKey', value: 'CG-🔑' });
    expect(response).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(JSON.stringify(shown(response))).toContain('has a character that is not ASCII at position 4');
    expect(JSON.stringify(shown(response))).not.toContain('CG-');
  });

  it('passes on expected errors of the implementation, and hides unexpected ones', async () => {
    expect(shown(await call('alerts', { limit: 1 }))).toMatchObject({
      error: { code: 'unavailable', message: 'Not now.' },
    });
    const failed = await call('snapshot', {});
    expect(failed).toMatchObject({ ok: false, error: { code: 'failed' } });
    expect(JSON.stringify(shown(failed))).not.toContain('secret');
  });
});
