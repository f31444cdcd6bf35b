const MINUTE_MS = 60_000;

/** What an alert says, by the kind of its rule, without time and coin. These are also lines of alerts.txt: do not reword. */
export const alertTexts = {
  'alert.moving-average': (p: { thresholdPct: number; windowMs: number }) =>
    `price changed by more than ${p.thresholdPct}% from the ${p.windowMs / MINUTE_MS}-min average`,
};
