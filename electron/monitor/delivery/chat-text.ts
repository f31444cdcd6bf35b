import { SEVERITIES, type Severity } from '../../../shared/domain/alert.ts';
import { type AlertText, alertText } from '../../../shared/domain/alert-text.ts';
import type { RaisedAlert } from './channel.ts';

/** A longer digest is too long to read. */
const MOST_LINES = 30;

/** What a message of some alerts says to a person: a title and a body. */
export function chatText(alerts: readonly RaisedAlert[]): AlertText {
  const { move, missed } = alerts[0] ?? {};
  return alertText(alerts, { mostLines: MOST_LINES, move, missed });
}

/** The same in one text. */
export function plainText(alerts: readonly RaisedAlert[]): string {
  const { title, body } = chatText(alerts);
  return `${title}\n${body}`;
}

/** The greatest severity of some alerts. */
export function greatestSeverity(alerts: readonly RaisedAlert[]): Severity {
  const ranks = alerts.map(({ severity }) => SEVERITIES.indexOf(severity));
  return SEVERITIES[Math.max(0, ...ranks)] ?? 'info';
}

/** A text that is at most so long, in UTF-16 units as services count; what is cut off is marked. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half of a character is none.
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A text that is at most so long in UTF-8; what is cut off is marked. */
export function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const mark = '…';
  return new TextDecoder().decode(bytes.subarray(0, most - Buffer.byteLength(mark)), { stream: true }) + mark;
}
