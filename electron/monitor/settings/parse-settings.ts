import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { z } from 'zod';
import { type Message, message } from '../../../shared/messages/message.ts';
import { type SettingName, type Settings, settingsSchema } from '../../../shared/settings/settings.ts';
import { watchlistFaults } from '../../../shared/settings/watchlists.ts';
import type { DecodedText } from './decode-text.ts';
import { describeIssues } from './describe-issues.ts';
import { settingSchema } from './setting-schema.ts';

/** The settings in a file; absent names use the defaults. */
export type FileSettings = Partial<Settings>;

export type ParsedSettings = {
  /** The valid settings; of a list with invalid items, the valid ones. */
  readonly settings: FileSettings;
  /** The errors; without the values, which may contain a password. */
  readonly faults: readonly Message[];
  /** The settings whose entry is completely or partly invalid. */
  readonly faulty: ReadonlySet<SettingName>;
  /** Entries that are not settings of this version. */
  readonly unknown: ReadonlyMap<string, unknown>;
  /** Whether the text is one JSON object, comments and trailing commas allowed, regardless of its content. */
  readonly isWellFormed: boolean;
};

/** Extracts everything usable from the text of settings.json, however damaged the rest is. */
export function parseSettings({ text, isLossy }: DecodedText): ParsedSettings {
  const errors: ParseError[] = [];
  const root = parse(text, errors);
  const isObject = root?.type === 'object';
  const faults: Message[] = [];
  const [firstError] = errors;
  if (text.trim() === '') faults.push(message('settings-file.empty'));
  else if (firstError !== undefined)
    faults.push(describeSyntaxError(text, firstError)); // others follow from it
  else if (!isObject) faults.push(message('settings-file.no-object'));
  if (isLossy) faults.push(message('settings-file.not-utf8'));

  const settings: Record<string, unknown> = {};
  const faulty = new Set<SettingName>();
  const unknown = new Map<string, unknown>();
  const seen = new Set<SettingName>();
  for (const property of isObject ? (root.children ?? []) : []) {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) continue; // a syntax error, which is already reported
    const name = String(key.value);
    const isTouched = errors.some((error) => touches(error, property)) || (isLossy && isDamaged(text, value));
    if (!isSettingName(name)) {
      if (!isTouched) unknown.set(name, getNodeValue(value));
      continue;
    }
    if (isTouched) {
      faulty.add(name);
      continue;
    }
    // After a syntax error, a nested property can look like an entry of the file, such as the `coins` of a watchlist.
    if (seen.has(name) && errors.some(({ offset }) => offset <= property.offset)) continue;
    const { usable, fault } = check(name, getNodeValue(value));
    if (usable !== undefined) settings[name] = usable;
    if (fault !== null) faults.push(message('settings-file.fault', { setting: name, fault }));
    if (seen.has(name)) faults.push(message('settings-file.twice', { setting: name }));
    if (fault !== null || seen.has(name)) faulty.add(name);
    seen.add(name);
  }
  const { rules = [], watchlists = [] } = settings as FileSettings;
  const lost = watchlistFaults({ rules, watchlists });
  if (lost.size > 0) {
    settings.rules = rules.filter(({ id }) => !lost.has(id));
    faulty.add('rules');
    for (const [id, fault] of lost) faults.push(message('rule.fault', { id, fault }));
  }
  return {
    settings: settings as FileSettings,
    faults,
    faulty,
    unknown,
    isWellFormed: isObject && errors.length === 0 && !isLossy,
  };
}

function parse(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { allowTrailingComma: true });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return undefined; // nested deeper than the stack allows: it contains no settings
  }
}

/** An error before a property, such as a missing comma, does not affect it; one at its end may have truncated it. */
function touches(error: ParseError, { offset, length }: Node): boolean {
  return error.offset > offset && error.offset <= offset + length;
}

function isDamaged(text: string, { offset, length }: Node): boolean {
  return text.slice(offset, offset + length).includes('\ufffd');
}

type Checked = { readonly usable: unknown; readonly fault: Message | null };

function check(name: SettingName, value: unknown): Checked {
  const schema = settingSchema(name);
  const parsed = schema.safeParse(value);
  if (parsed.success) return { usable: parsed.data, fault: null };
  const fault = describeIssues(parsed.error, value);
  if (!Array.isArray(value)) return { usable: undefined, fault };
  // A list with invalid items, or with too many, still expresses its owner's intent with the rest.
  const right = rightItems(schema, value);
  const tooMany = schema.safeParse(right).error?.issues.find((issue) => issue.code === 'too_big');
  const rest = tooMany === undefined ? right : right.slice(0, Number(tooMany.maximum));
  return { usable: rest.length === 0 ? undefined : schema.safeParse(rest).data, fault };
}

/** The items of a list without the invalid ones, and then without those that were valid only in combination with them. */
function rightItems(schema: z.ZodType, items: readonly unknown[]): readonly unknown[] {
  const issues = schema.safeParse(items).error?.issues ?? [];
  const wrong = new Set(issues.flatMap(({ path: [index] }) => (typeof index === 'number' ? [index] : [])));
  return wrong.size === 0
    ? items
    : rightItems(
        schema,
        items.filter((_, index) => !wrong.has(index)),
      );
}

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingsSchema.shape, name);
}

/** Where a text stops being JSON, and why, without quoting it: it may contain a password. */
function describeSyntaxError(text: string, error: ParseError): Message {
  const before = text.slice(0, error.offset).split(/\r\n|\r|\n/);
  return message('settings-file.syntax', {
    problem: printParseErrorCode(error.error),
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  });
}
