import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { createTerminalLog } from './terminal-log.ts';

function logged(level: 'info' | 'debug', work: (log: ReturnType<typeof createLogger>) => void): string[] {
  let text = '';
  const write = createTerminalLog(
    (line) => {
      text += line;
    },
    { withDetails: level === 'debug', inColor: false },
  );
  work(createLogger(level, { write, isForPeople: true }));
  return text.split('\n').slice(0, -1);
}

const refused = () =>
  Object.assign(new Error('cannot reach kraken', { cause: new Error('connect\n  ECONNREFUSED') }), {
    code: 'ECONNREFUSED',
  });

describe('the log on a terminal', () => {
  it('has one line per event, with time, level, message, error and readable fields', () => {
    const lines = logged('info', (log) => {
      log.info({ kind: 'embedded' }, 'the database is ready');
      log.warn({ err: refused(), delayMs: 1_500, feed: { status: 'offline' } }, 'the feed is offline');
      log.error(new Error('on\ntwo lines'), 'it failed');
    });
    expect(lines).toEqual([
      expect.stringMatching(/^\[\d\d:\d\d:\d\d\] INFO: the database is ready \(kind embedded\)$/),
      expect.stringMatching(/ WARN: the feed is offline: cannot reach kraken.* \(delayMs 1500\)$/),
      expect.stringMatching(/ ERROR: it failed: on two lines$/),
    ]);
  });

  it.each([
    ['cannot reach x: fetch failed', 'cannot reach x: fetch failed'],
    ['cannot reach x.', 'cannot reach x: fetch failed'],
  ])('shows the root cause of the error "%s" once', (message, shown) => {
    const cause = new Error('Connection error.', { cause: new Error('fetch failed') });
    const lines = logged('info', (log) => log.warn({ err: new Error(message, { cause }) }, 'lost'));
    expect(lines).toEqual([expect.stringMatching(new RegExp(` WARN: lost: ${shown}$`))]);
  });

  it('has stack traces and fields at level debug', () => {
    const text = logged('debug', (log) =>
      log.warn({ err: refused(), feed: { status: 'offline' } }, 'lost'),
    ).join('\n');
    expect(text).toMatch(/\n +at .*terminal-log\.test/);
    expect(text).toContain('"status": "offline"');
  });

  it('shows the same failure once, until something has changed', () => {
    const lines = logged('info', (log) => {
      for (let count = 0; count < 100; count++) {
        log.info(
          { err: new Error('cannot reach kraken'), delayMs: count },
          'an exchange is not requested for a while',
        );
        log.warn({ err: new Error('cannot reach coinbase') }, 'an exchange is not requested for a while');
        log.warn(`a coin is unknown: retry in ${count} s`);
      }
      log.info('prices are live');
      log.info({ err: new Error('cannot reach kraken') }, 'an exchange is not requested for a while');
    });
    expect(lines.map((line) => line.slice('[00:00:00] '.length))).toEqual([
      'INFO: an exchange is not requested for a while: cannot reach kraken (delayMs 0)',
      'WARN: an exchange is not requested for a while: cannot reach coinbase',
      'WARN: a coin is unknown: retry in 0 s',
      'INFO: prices are live',
      'INFO: an exchange is not requested for a while: cannot reach kraken',
    ]);
  });
});
