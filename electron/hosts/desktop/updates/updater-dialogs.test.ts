import type { Dialog } from 'electron';
import { describe, expect, it } from 'vitest';
import { updaterDialogs } from './updater-dialogs.ts';

/** A dialog in which the button with this name is pressed; Escape if no button has it. */
function dialogWith(button: string, boxes: Electron.MessageBoxOptions[] = []) {
  return {
    showMessageBox: async (...args: unknown[]) => {
      const box = args[0] as Electron.MessageBoxOptions;
      boxes.push(box);
      const index = box.buttons?.indexOf(button) ?? -1;
      return { response: index === -1 ? (box.cancelId ?? 0) : index, checkboxChecked: false };
    },
  } satisfies Pick<Dialog, 'showMessageBox'>;
}

describe('the dialogs of the updater', () => {
  it('accept an offer only if Download is pressed', async () => {
    const choose = (button: string) =>
      updaterDialogs(dialogWith(button), () => null).offer('Version 2.0.0 is available', '');
    expect(await choose('Download')).toBe(true);
    expect(await choose('Later')).toBe(false);
    expect(await choose('(Escape)')).toBe(false);
  });

  it('show a message with its detail', async () => {
    const boxes: Electron.MessageBoxOptions[] = [];
    await updaterDialogs(dialogWith('OK', boxes), () => null).inform(
      'This is the newest version',
      'You have version 1.0.0.',
    );
    expect(boxes).toMatchObject([
      { message: 'This is the newest version', detail: 'You have version 1.0.0.' },
    ]);
  });

  it('report a click on the notification', () => {
    const shown: string[] = [];
    let click = (): void => undefined;
    const dialogs = updaterDialogs(dialogWith('OK'), ({ title, body }) => {
      const notification = {
        on(event: string, listener: () => void) {
          if (event === 'click') click = listener;
          return notification;
        },
        show: () => shown.push(`${title}: ${body}`),
      };
      return notification as unknown as Electron.Notification;
    });
    let clicks = 0;
    dialogs.notify('Version 2.0.0 is available.', () => clicks++);
    expect(shown).toEqual(['Crypto Price Monitor: Version 2.0.0 is available.']);
    click();
    expect(clicks).toBe(1);
  });

  it('do not fail on a system without notifications', () => {
    const dialogs = updaterDialogs(dialogWith('OK'), () => null);
    expect(() => dialogs.notify('Version 2.0.0 is available.')).not.toThrow();
  });
});
