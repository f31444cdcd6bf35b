import { describe, expect, it } from 'vitest';
import { lastServerError } from './last-server-error.ts';

describe('lastServerError', () => {
  it('returns the last error with its detail and hint', () => {
    const log = [
      '2026-11-26 15:04:05.678 UTC [4711] LOG:  starting PostgreSQL 18.0',
      '2026-11-26 15:04:05.679 UTC [4711] FATAL:  database files are incompatible with server',
      '2026-11-26 15:04:05.679 UTC [4711] DETAIL:  The data directory was initialized by PostgreSQL version 9.',
      '2026-11-26 15:04:05.679 UTC [4711] HINT:  Look again.',
      '2026-11-26 15:04:05.680 UTC [4711] LOG:  database system is shut down',
      '',
    ].join('\n');
    expect(lastServerError(log)).toBe(
      'database files are incompatible with server. The data directory was initialized by PostgreSQL version 9. Look again.',
    );
  });

  it('returns the whole output when it contains no error', () => {
    const log = 'postgres: could not find the database system\nExpected to find it in the directory "/d".\n';
    expect(lastServerError(log)).toBe(
      'could not find the database system Expected to find it in the directory "/d".',
    );
  });

  it('is empty for an empty log', () => {
    expect(lastServerError('')).toBe('');
  });
});
