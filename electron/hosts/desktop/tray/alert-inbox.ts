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

const KEPT = 3;

/** Returns the inbox with these alerts added, in any order and including known ones. They count as read; see `withUnread`. */
export function withAlerts(inbox: AlertInbox, alerts: readonly Alert[]): AlertInbox {
  const byId = new Map([...inbox.recent, ...alerts].map((alert) => [alert.id, alert]));
  const recent = [...byId.values()].toSorted((a, b) => b.observedAt - a.observedAt).slice(0, KEPT);
  return { ...inbox, recent };
}

export const withUnread = (inbox: AlertInbox): AlertInbox => ({ ...inbox, hasUnread: true });
/** Returns the inbox with these unread alerts. */
export function withUnreadIds(inbox: AlertInbox, ids: Iterable<string>): AlertInbox {
  return { ...inbox, unreadIds: new Set([...inbox.unreadIds, ...ids]) };
}

/** Returns the inbox without the given read alerts; null removes all. */
export function withoutUnreadIds(inbox: AlertInbox, ids: readonly string[] | null): AlertInbox {
  const read = new Set(ids ?? inbox.unreadIds);
  return { ...inbox, unreadIds: new Set([...inbox.unreadIds].filter((id) => !read.has(id))) };
}

export const allRead = (inbox: AlertInbox): AlertInbox => ({ ...inbox, hasUnread: false });
