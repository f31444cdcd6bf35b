import type { Alert } from '../../../../shared/domain/alert.ts';

/** The latest alerts, as the tray lists them, and whether any of them is unread. */
export type AlertInbox = {
  /** Newest first. */
  readonly recent: readonly Alert[];
  readonly hasUnread: boolean;
  /** Ids of the unread alerts, on this and every other page. */
  readonly unreadIds: ReadonlySet<string>;
};

export const EMPTY_INBOX: AlertInbox = { recent: [], hasUnread: false, unreadIds: new Set() };

const MAX_RECENT = 3;

/** Returns the inbox with these alerts added, in any order; known ones are added once. Does not mark them as unread. */
export function withAlerts(inbox: AlertInbox, alerts: readonly Alert[]): AlertInbox {
  const byId = new Map([...inbox.recent, ...alerts].map((alert) => [alert.id, alert]));
  const recent = [...byId.values()].toSorted((a, b) => b.observedAt - a.observedAt).slice(0, MAX_RECENT);
  return { ...inbox, recent };
}

/** Returns the inbox marked as containing unread alerts, which changes the icon. */
export const withUnread = (inbox: AlertInbox): AlertInbox => ({ ...inbox, hasUnread: true });

/** Returns the inbox with these alerts counted as unread. */
export function withUnreadIds(inbox: AlertInbox, ids: Iterable<string>): AlertInbox {
  return { ...inbox, unreadIds: new Set([...inbox.unreadIds, ...ids]) };
}

/** Returns the inbox with these alerts no longer counted as unread; null means all. */
export function withoutUnreadIds(inbox: AlertInbox, ids: readonly string[] | null): AlertInbox {
  const read = new Set(ids ?? inbox.unreadIds);
  return { ...inbox, unreadIds: new Set([...inbox.unreadIds].filter((id) => !read.has(id))) };
}

export const allRead = (inbox: AlertInbox): AlertInbox => ({ ...inbox, hasUnread: false });
