import { applyEdits, modify, parseTree } from 'jsonc-parser';
import { type FileSettings, isSettingName, type ParsedSettings, parseSettings } from './parse-settings.ts';

/** The indentation of a new entry. Existing entries keep their format. */
const FORMAT = { formattingOptions: { insertSpaces: true, tabSize: 2 } };

/**
 * The text of settings.json with exactly these settings. Comments, the order of the entries and entries that are not settings of
 * this version are kept; of a text that is not JSON, only the entries that could be read are kept.
 *
 * @param parsed the parsed content of `text`
 */
export function editSettings(text: string, parsed: ParsedSettings, wanted: FileSettings): string {
  if (!parsed.isWellFormed) return freshText(parsed, wanted);
  const names = new Set([...Object.keys(parsed.settings), ...parsed.faulty, ...Object.keys(wanted)]);
  let edited = text;
  for (const name of names) {
    if (!isSettingName(name)) continue;
    const value = wanted[name];
    if (!parsed.faulty.has(name) && same(value, parsed.settings[name])) continue;
    edited = setEntry(edited, name, value);
  }
  return holds(edited, parsed, wanted) ? edited : freshText(parsed, wanted);
}

/** Keeps one entry of this name, or none if there is no value. */
function setEntry(text: string, name: string, value: unknown): string {
  let edited = text;
  const most = value === undefined ? 0 : 1;
  for (let count = countEntries(text, name); count > most; count--)
    edited = applyEdits(edited, modify(edited, [name], undefined, FORMAT));
  return value === undefined ? edited : applyEdits(edited, modify(edited, [name], value, FORMAT));
}

function countEntries(text: string, name: string): number {
  const properties = parseTree(text, [], { allowTrailingComma: true })?.children ?? [];
  return properties.filter(({ children }) => children?.[0]?.value === name).length;
}

/** Editing text has many corner cases; the result is parsed once more before it replaces anything. */
function holds(text: string, { unknown }: ParsedSettings, wanted: FileSettings): boolean {
  const again = parseSettings({ text, isLossy: false });
  return again.faults.length === 0 && same(again.settings, wanted) && same([...again.unknown], [...unknown]);
}

function freshText({ unknown }: ParsedSettings, wanted: FileSettings): string {
  return `${JSON.stringify(Object.fromEntries([...unknown, ...Object.entries(wanted)]), null, 2)}\n`;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** Entries by name, because their order in a file has no meaning. */
function sorted(value: unknown): unknown {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)) : value;
}
