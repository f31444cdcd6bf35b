import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EventMessage } from '../../../../shared/contract/events.ts';
import type { Response } from '../../../../shared/contract/wire.ts';
import type { EventListener } from '../../../monitor/status/event-hub.ts';
import { type AlertInbox, EMPTY_INBOX } from './alert-inbox.ts';
import { keepInbox } from './keep-inbox.ts';
import { trayAlert } from './tray-fixture.ts';

const STORED = trayAlert(1);
const NEW = trayAlert(2);

/** The resulting inbox for a monitor with these responses. */
function inboxOf(responses: Readonly<Record<string, unknown>>, isUnnoticed = true) {
  let inbox: AlertInbox = EMPTY_INBOX;
  const listeners = new Set<EventListener>();
  const end = keepInbox({
    monitor: {
      async dispatch(request): Promise<Response> {
        const output = responses[(request as { readonly procedure: string }).procedure];
        if (output !== undefined) return { id: 0, ok: true, output };
        return {
          id: 0,
          ok: false,
          error: { code: 'unavailable', message: { code: 'call.failed' } },
        } as never;
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    update: (change) => {
      inbox = change(inbox);
    },
    isUnnoticed: () => isUnnoticed,
  });
  const emit = (message: EventMessage): void => {
    for (const listener of listeners) listener(message);
  };
  return { emit, end, current: () => inbox };
}

describe('the inbox of the tray', () => {
  it('starts with the newest stored alerts and the ids of all unread ones', async () => {
    const { current } = inboxOf({
      alerts: { alerts: [STORED], next: null },
      'alerts.unread': { alertIds: [STORED.id, 'an-older-one'] },
    });
    while (current().unreadIds.size === 0) await nextTurn();
    expect(current().recent).toEqual([STORED]);
    expect(current().unreadIds.size).toBe(2);
    expect(current().hasUnread).toBe(false);
  });

  it('follows new alerts and alerts read elsewhere, until it is stopped', () => {
    const { emit, end, current } = inboxOf({});
    emit({ event: 'alert', payload: NEW });
    expect(current()).toMatchObject({ recent: [NEW], hasUnread: true });
    expect([...current().unreadIds]).toEqual([NEW.id]);
    emit({ event: 'alerts-read', payload: { alertIds: [NEW.id] } });
    expect(current().unreadIds.size).toBe(0);
    end();
    emit({ event: 'alert', payload: STORED });
    expect(current().recent).toEqual([NEW]);
  });

  it('counts an alert during quiet hours without changing the icon', () => {
    const { emit, current } = inboxOf({}, false);
    emit({ event: 'alert', payload: NEW });
    expect(current()).toMatchObject({ recent: [NEW], hasUnread: false });
    expect(current().unreadIds.size).toBe(1);
  });
});
