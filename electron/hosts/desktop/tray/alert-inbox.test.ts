import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allRead,
  EMPTY_INBOX,
  withAlerts,
  withoutUnreadIds,
  withUnread,
  withUnreadIds,
} from './alert-inbox.ts';
import { trayAlert } from './tray-fixture.ts';

describe('the latest alerts', () => {
  it('are the newest three, each once, in any order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 }), (times) => {
        const inbox = times.reduce((kept, time) => withAlerts(kept, [trayAlert(time)]), EMPTY_INBOX);
        const newest = [...new Set(times)].toSorted((a, b) => b - a).slice(0, 3);
        expect(inbox.recent.map(({ observedAt }) => observedAt)).toEqual(newest);
      }),
    );
  });

  it('are unread until the window is opened', () => {
    const inbox = withAlerts(withUnread(EMPTY_INBOX), [trayAlert(1)]);
    expect(inbox.hasUnread).toBe(true);
    expect(allRead(inbox)).toMatchObject({ recent: inbox.recent, hasUnread: false });
  });

  it('are counted until they are read, here or on another page', () => {
    const inbox = withUnreadIds(withUnreadIds(EMPTY_INBOX, ['a', 'b']), ['b', 'c']);
    expect([...withoutUnreadIds(inbox, ['b', 'x']).unreadIds]).toEqual(['a', 'c']);
    expect(withoutUnreadIds(inbox, null).unreadIds.size).toBe(0);
  });
});
