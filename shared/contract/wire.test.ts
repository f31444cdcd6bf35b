import { describe, expect, it } from 'vitest';
import { type Message, message, text, verbatim } from '../messages/message.ts';
import { ApiError, apiErrorSchema } from './api-error.ts';
import { events } from './events.ts';

/** What the other side reads of a value. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const away = message('database.user-refused', {
  place: message('database.place', { host: 'db.example', port: 5432 }),
  user: 'ada',
  said: 'password authentication failed',
});

function statusWith(problem: unknown): unknown {
  return {
    feed: { status: 'offline', since: 1, retryAt: 2, error: message('request.timeout', { host: 'host' }) },
    database: { status: 'down', since: 1, retryAt: 2, error: away },
    queue: { waitingTicks: 0, deadLetters: 0 },
    alertsFile: { path: 'alerts.txt', isWritten: false, error: verbatim('EIO'), waitingLines: 1 },
    problems: [{ id: 'p', message: problem }],
  };
}

describe('messages on the wire', () => {
  it('are unchanged in a status', () => {
    const status = statusWith(message('poll.usual'));
    expect(events.status.parse(sent(status))).toEqual(status);
  });

  it('of a newer monitor are shown by their code, and the rest of the status as usual', () => {
    const unknown = {
      code: 'problem.of-tomorrow',
      params: { why: { code: 'also.new', params: {} }, of: [1] },
    };
    const { problems, database } = events.status.parse(sent(statusWith(unknown)));
    expect(problems.map((problem) => text(problem.message))).toEqual(['problem.of-tomorrow']);
    expect('error' in database && text(database.error)).toBe(
      'The database at db.example, port 5432 refuses the user "ada": password authentication failed. ' +
        'Check user and password in the connection URL.',
    );
  });

  it('are rejected when they are plain text', () => {
    expect(events.status.safeParse(sent(statusWith('The disk is full.'))).success).toBe(false);
  });

  it('of an error result in the same error on the page as in the monitor', () => {
    const issue: { setting: string; message: Message } = {
      setting: 'port',
      message: message('value.unsafe-port'),
    };
    const thrown = new ApiError('bad-request', away, { issues: [issue] });
    const { code, content, issues } = thrown;
    const read = apiErrorSchema.parse(sent({ code, message: content, issues }));
    const again = new ApiError(read.code, read.message, { issues: read.issues });
    expect([again.code, again.message, again.issues]).toEqual([code, thrown.message, issues]);
  });
});
