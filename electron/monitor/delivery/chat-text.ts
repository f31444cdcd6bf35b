import { SEVERITIES, type Severity } from '../../../shared/domain/alert.ts';
import { type AlertText, alertText } from '../../../shared/domain/alert-text.ts';
import type { RaisedAlert } from './channel.ts';

/** A longer digest is too long to read. */
const MAX_LINES = 30;

/** The message about some alerts for people: a title and a body. */
export function chatText(alerts: readonly RaisedAlert[]): AlertText {
  const { move, missed } = alerts[0] ?? {};
  return alertText(alerts, { maxLines: MAX_LINES, move, missed });
}

/** The same as one text. */
export function plainText(alerts: readonly RaisedAlert[]): string {
  const { title, body } = chatText(alerts);
  return `${title}\n${body}`;
}

/** The greatest severity of some alerts. */
export function greatestSeverity(alerts: readonly RaisedAlert[]): Severity {
  const ranks = alerts.map(({ severity }) => SEVERITIES.indexOf(severity));
  return SEVERITIES[Math.max(0, ...ranks)] ?? 'info';
}

/** A text of at most this length, in UTF-16 code units as services count; a cut is marked. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Without half of a surrogate pair.
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A text of at most this many bytes in UTF-8; a cut is marked. */
export function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const mark = '…';
  return new TextDecoder().decode(bytes.subarray(0, most - Buffer.byteLength(mark)), { stream: true }) + mark;
}
