import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { alert } from '../log/log-fixture.ts';
import { createUnreadAlerts } from './unread-alerts.ts';

it('keeps unread alerts until they are marked as read, newest first', () => {
  const database = new DatabaseSync(':memory:');
  const unread = createUnreadAlerts(database);
  unread.add([alert('a', 1), alert('b', 3), alert('c', 2)]);
  expect(unread.ids()).toEqual(['b', 'c', 'a']);
  unread.markRead(['c', 'never there']);
  expect(unread.ids()).toEqual(['b', 'a']);
  // As after a restart.
  expect(createUnreadAlerts(database).ids()).toEqual(['b', 'a']);
  unread.markRead(null);
  expect(unread.ids()).toEqual([]);
});

it('treats alerts older than the newest 500 as read', () => {
  const unread = createUnreadAlerts(new DatabaseSync(':memory:'));
  unread.add(Array.from({ length: 520 }, (_, index) => alert(`id-${index}`, index)));
  unread.purge();
  expect(unread.ids()).toHaveLength(500);
  expect(unread.ids().at(-1)).toBe('id-20');
});
