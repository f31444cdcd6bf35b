/** What an alert says, by the kind of its rule, without time and coin. These are also lines of alerts.txt: do not reword. */
export const alertTexts = {
  'alert.moving-average': (p: { thresholdPct: number; windowMinutes: number }) =>
    `price changed by more than ${p.thresholdPct}% from the ${p.windowMinutes}-min average`,
};
