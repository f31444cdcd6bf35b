import { type Message, message } from '../../shared/messages/message.ts';

const GROUPED = /^[1-9]\d{0,2}(,\d{3})+$/;
const GROUPED_WITH_POINT = /^[1-9]\d{0,2}(,\d{3})+\.\d+$/;

/**
 * The number that a user has typed, with a point or a comma before its decimals. NaN if it is not a number, or is ambiguous:
 * `60,000`.
 */
export function typedNumber(typed: string): number {
  const text = typed.trim();
  // `Number('')` is 0.
  if (text === '' || GROUPED.test(text)) return Number.NaN;
  return Number(GROUPED_WITH_POINT.test(text) ? text.replaceAll(',', '') : text.replace(',', '.'));
}

/** Why a text is not a number. */
export function numberFault(typed: string): Message {
  const text = typed.trim();
  if (!GROUPED.test(text)) return message('value.not-a-number');
  return message('value.ambiguous-number', { typed: text, plain: text.replaceAll(',', '') });
}

/** The texts of several numbers, separated by spaces, semicolons, or commas that cannot be decimal commas. */
export function typedItems(typed: string): readonly string[] {
  const items = typed.split(/[;\s]+/).map((item) => item.replace(/,+$/, ''));
  return items
    .flatMap((item) => (/^\d{4,}(,\d{4,})+$/.test(item) ? item.split(',') : [item]))
    .filter(Boolean);
}
