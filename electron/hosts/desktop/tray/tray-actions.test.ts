import { describe, expect, it } from 'vitest';
import type { AlertText } from '../../../../shared/domain/alert-text.ts';
import { silentLog } from '../../../monitor/logging/logger.ts';
import { type TrayActionParts, trayActions } from './tray-actions.ts';

const done = async (): Promise<void> => undefined;

function actions(parts: Partial<TrayActionParts>) {
  const notifications: AlertText[] = [];
  const act = trayActions({
    show: () => undefined,
    alerts: { pause: done, resume: done, mute: done, unmute: done, markRead: done },
    loginItem: null,
    updates: null,
    notify: (text) => notifications.push(text),
    onChange: () => undefined,
    quit: () => undefined,
    log: silentLog,
    ...parts,
  });
  return { act, notifications };
}

describe('a click in the tray’s menu', () => {
  it('reports why the system refused to start the program at login', () => {
    const { act, notifications } = actions({
      loginItem: {
        isEnabled: () => false,
        set: () => {
          throw new Error('EACCES: permission denied, mkdir ~/.config/autostart');
        },
      },
    });
    act({ do: 'start-at-login', wanted: true });
    expect(notifications).toEqual([
      {
        title: 'Start at login cannot be changed',
        body: 'EACCES: permission denied, mkdir ~/.config/autostart',
      },
    ]);
  });

  it('reports why the settings could not be saved', async () => {
    const { act, notifications } = actions({
      alerts: {
        pause: done,
        resume: done,
        unmute: done,
        markRead: done,
        mute: () => Promise.reject(new Error('ENOSPC: no space left on device')),
      },
    });
    act({ do: 'mute', coinId: 'bitcoin' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(notifications).toEqual([
      { title: 'Alerts cannot be changed', body: 'ENOSPC: no space left on device' },
    ]);
  });

  it('reports why a check for updates failed', async () => {
    const { act, notifications } = actions({
      updates: { check: () => Promise.reject(new Error('no network')), stop: () => undefined },
    });
    act({ do: 'check-for-updates' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(notifications).toEqual([{ title: 'Cannot check for updates', body: 'no network' }]);
  });

  it('on "Start at login" enables it, and updates the menu', () => {
    let enabled = false;
    let shown = false;
    const { act } = actions({
      loginItem: {
        isEnabled: () => enabled,
        set: (wanted) => {
          enabled = wanted;
        },
      },
      onChange: () => {
        shown = enabled;
      },
    });
    act({ do: 'start-at-login', wanted: true });
    expect(shown).toBe(true);
  });
});
