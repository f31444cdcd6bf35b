/** A length of time in its largest whole unit: `5 min`, `24 h`, `30 days`. */
export function formatSpan(minutes: number): string {
  if (minutes % 1_440 === 0 && minutes > 1_440) return `${minutes / 1_440} days`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** A length of time before a noun: `5-min`, `24-h`, `30-day`. */
export function formatSpanAdjective(minutes: number): string {
  return formatSpan(minutes).replace(' ', '-').replace(/s$/, '');
}
