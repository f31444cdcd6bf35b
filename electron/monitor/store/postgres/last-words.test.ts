import { describe, expect, it } from 'vitest';
import { lastWords } from './last-words.ts';

describe('lastWords', () => {
  it('gives the last error with its detail and hint', () => {
    const log = [
      '2026-11-26 15:04:05.678 UTC [4711] LOG:  starting PostgreSQL 18.0',
      '2026-11-26 15:04:05.679 UTC [4711] FATAL:  database files are incompatible with server',
      '2026-11-26 15:04:05.679 UTC [4711] DETAIL:  The data directory was initialized by PostgreSQL version 9.',
      '2026-11-26 15:04:05.679 UTC [4711] HINT:  Look again.',
      '2026-11-26 15:04:05.680 UTC [4711] LOG:  database system is shut down',
      '',
    ].join('\n');
    expect(lastWords(log)).toBe(
      'database files are incompatible with server. The data directory was initialized by PostgreSQL version 9. Look again.',
    );
  });

  it('gives all that was said where nothing is called an error', () => {
    const log = 'postgres: could not find the database system\nExpected to find it in the directory "/d".\n';
    expect(lastWords(log)).toBe(
      'could not find the database system Expected to find it in the directory "/d".',
    );
  });

  it('has nothing to say of a server that said nothing', () => {
    expect(lastWords('')).toBe('');
  });
});
