import type { Alert } from '../../../../shared/domain/alert.ts';

/** Alerts that are raised this soon after the first become one notification. */
export const GROUP_MS = 2_000;

/** Alerts on their way into one notification. */
export type AlertGroup = { readonly alerts: readonly Alert[]; readonly openedAt: number };

/** The group with this alert; a new one when there is none or its time is over. An alert that it has is not added. */
export function withAlert(group: AlertGroup | null, alert: Alert, now: number): AlertGroup {
  if (group === null || isDue(group, now)) return { alerts: [alert], openedAt: now };
  if (group.alerts.some(({ id }) => id === alert.id)) return group;
  return { ...group, alerts: [...group.alerts, alert] };
}

/** Whether the group takes no more alerts and is to be shown. */
export function isDue(group: AlertGroup, now: number): boolean {
  return now - group.openedAt >= GROUP_MS;
}
