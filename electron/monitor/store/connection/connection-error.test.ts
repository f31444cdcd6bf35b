import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../tests/text-of.ts';
import { connectionMessage, isConnectionLoss } from './connection-error.ts';

const target = { host: 'db.example', port: 5432, user: 'ada', database: 'prices' };

describe('connectionMessage', () => {
  it.each([
    [systemError('ENOTFOUND'), 'host "db.example"'],
    [systemError('ECONNREFUSED'), 'db.example, port 5432'],
    [new AggregateError([systemError('ECONNREFUSED')]), 'No database server responds'],
    [new Error('timeout expired'), 'cannot be reached'],
    [serverError('28P01', 'password authentication failed for user "ada"'), 'refuses the user "ada"'],
    [serverError('3D000', 'database "prices" does not exist'), 'no database "prices"'],
  ])('describes %s', (error, words) => {
    expect(textOf(connectionMessage(error, target))).toContain(words);
  });

  it('names the folder of a socket', () => {
    const words = textOf(connectionMessage(systemError('ENOENT'), { ...target, host: '/run/postgresql' }));
    expect(words).toContain('socket in /run/postgresql');
  });
});

describe('isConnectionLoss', () => {
  it.each([
    [systemError('ECONNRESET'), true],
    [Object.assign(systemError('ENOENT'), { syscall: 'connect' }), true],
    [Object.assign(systemError('ENOENT'), { syscall: 'open' }), false],
    [new Error('Connection terminated unexpectedly'), true],
    [serverError('57P01', 'terminating connection due to administrator command'), true],
    [serverError('23505', 'duplicate key'), false],
    [serverError('57014', 'canceling statement due to statement timeout'), false],
    [new TypeError('x is not a function'), false],
  ])('is, for %s, %s', (error, lost) => {
    expect(isConnectionLoss(error)).toBe(lost);
  });
});

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

function serverError(code: string, message: string): DatabaseError {
  return Object.assign(new DatabaseError(message, message.length, 'error'), { code });
}
