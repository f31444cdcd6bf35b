import type { Alert } from '../../../../shared/domain/alert.ts';
import type { Snapshot } from '../../../../shared/domain/snapshot.ts';
import type { Message } from '../../../../shared/messages/message.ts';
import type { Mute } from '../../../../shared/settings/mutes.ts';

/** All that the tray shows is computed from this. */
export type TrayState = {
  readonly snapshot: Snapshot;
  /** Newest first. */
  readonly recentAlerts: readonly Alert[];
  /** Whether an alert was raised since the window was last looked at. */
  readonly hasUnread: boolean;
  /** How many alerts are unread: neither in the window nor in a browser. */
  readonly unreadCount: number;
  readonly mutes: readonly Mute[];
  /** Real time; that of the snapshot may run faster. */
  readonly now: number;
  readonly platform: NodeJS.Platform;
  /** Null where the system has no such thing. */
  readonly startsAtLogin: boolean | null;
  /** Whether updates can be looked for; they cannot where the system's package manager brings them. */
  readonly canUpdate: boolean;
  /** What happened to the page, while it matters. */
  readonly pageProblem: Message | null;
  /** The coin whose price is the title; macOS alone has one. */
  readonly titleCoin: string | null;
};
