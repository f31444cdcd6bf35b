import type { Alert } from '../../../../shared/domain/alert.ts';
import type { Snapshot } from '../../../../shared/domain/snapshot.ts';
import type { Message } from '../../../../shared/messages/message.ts';
import type { Mute } from '../../../../shared/settings/mutes.ts';

/** The state from which everything in the tray is computed. */
export type TrayState = {
  readonly snapshot: Snapshot;
  /** Newest first. */
  readonly recentAlerts: readonly Alert[];
  /** Whether an alert was raised since the user last opened the window. */
  readonly hasUnread: boolean;
  /** The number of alerts that are unread in the window and in all browsers. */
  readonly unreadCount: number;
  readonly mutes: readonly Mute[];
  /** Real time; the snapshot's time may run faster. */
  readonly now: number;
  readonly platform: NodeJS.Platform;
  /** Null if the system does not support it. */
  readonly startsAtLogin: boolean | null;
  /** Whether the app can check for updates; it cannot if the system's package manager installs them. */
  readonly canUpdate: boolean;
  /** The state of the page after a failure; null when there is nothing to report. */
  readonly pageProblem: Message | null;
  /** The coin whose price is the title; only macOS has a title. */
  readonly titleCoin: string | null;
};
