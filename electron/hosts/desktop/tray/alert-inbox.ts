import type { Alert } from '../../../../shared/domain/alert.ts';

/** The latest alerts, as the tray lists them, and whether any of them is unread. */
export type AlertInbox = {
  /** Newest first. */
  readonly recent: readonly Alert[];
  readonly hasUnread: boolean;
  /** Ids of those that are unread, here and on every other page. */
  readonly unreadIds: ReadonlySet<string>;
};

export const EMPTY_INBOX: AlertInbox = { recent: [], hasUnread: false, unreadIds: new Set() };

const KEPT = 3;

/** With alerts that may be known already, in any order. They count as read; see `withUnread`. */
export function withAlerts(inbox: AlertInbox, alerts: readonly Alert[]): AlertInbox {
  const byId = new Map([...inbox.recent, ...alerts].map((alert) => [alert.id, alert]));
  const recent = [...byId.values()].toSorted((a, b) => b.observedAt - a.observedAt).slice(0, KEPT);
  return { ...inbox, recent };
}

export const withUnread = (inbox: AlertInbox): AlertInbox => ({ ...inbox, hasUnread: true });
/** With unread alerts. */
export function withUnreadIds(inbox: AlertInbox, ids: Iterable<string>): AlertInbox {
  return { ...inbox, unreadIds: new Set([...inbox.unreadIds, ...ids]) };
}

/** Without those that were read; without all, for null. */
export function withoutUnreadIds(inbox: AlertInbox, ids: readonly string[] | null): AlertInbox {
  const read = new Set(ids ?? inbox.unreadIds);
  return { ...inbox, unreadIds: new Set([...inbox.unreadIds].filter((id) => !read.has(id))) };
}

export const allRead = (inbox: AlertInbox): AlertInbox => ({ ...inbox, hasUnread: false });
