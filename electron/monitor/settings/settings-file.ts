import { lstatSync, readFileSync } from 'node:fs';
import { type Message, message } from '../../../shared/messages/message.ts';
import { removeDrafts, replaceFile, replaceFileSync } from '../files/atomic-file.ts';
import { fileMessage } from '../files/file-error.ts';
import { keepCopy } from '../files/keep-copy.ts';
import { decodeText } from './decode-text.ts';
import { shorten } from './describe-issues.ts';
import { editSettings } from './edit-settings.ts';
import { type FileSettings, type ParsedSettings, parseSettings } from './parse-settings.ts';
import { SettingsError } from './settings-error.ts';

/** What was wrong with the file: `repaired` is reported once, `unknown` for as long as it is so (null: no longer). */
export type SettingsReport = {
  repaired(message: Message): void;
  unknown(message: Message | null): void;
};

export type SettingsFile = {
  /** What the file set when it was opened. */
  readonly settings: FileSettings;
  /**
   * Reads the file anew, because its owner may have edited it, and writes what `update` wants changed. The caller sees to
   * it that one change follows the other.
   *
   * @param update gets what the file sets now, and gives the settings to change; nothing is written where it gives none
   * @returns what the file then sets
   * @throws SettingsError when the file cannot be read or written; it is then as it was
   */
  change(update: (now: FileSettings) => Promise<FileSettings>): Promise<FileSettings>;
  /**
   * What the file sets now that its owner may have edited it. Null while it is not there or something in it is wrong: the
   * owner may not have finished.
   *
   * @throws SettingsError when the file cannot be read
   */
  reload(): FileSettings | null;
};

type Found = { readonly bytes: Buffer; readonly text: string; readonly parsed: ParsedSettings };

/**
 * Opens settings.json. A file that is not there is an empty one.
 *
 * Of a file in which something is wrong a copy is kept as `settings.json.bad`, and what is right in it is written back,
 * so that the next start finds the same settings. Where that cannot be written, the file stays, and what is right in it
 * is used anyway.
 *
 * @throws SettingsError when the file is there and cannot be read: it is then unknown which database is wanted
 */
export function openSettingsFile(path: string, report: SettingsReport): SettingsFile {
  removeDrafts(path);
  let last: FileSettings = {};
  const first = read(path);
  if (first !== null) {
    last = first.parsed.settings;
    report.unknown(describeUnknown(path, first.parsed));
    if (first.parsed.faults.length > 0) report.repaired(repair(path, first));
  }

  return {
    settings: last,
    async change(update) {
      const found = read(path);
      const now = found === null ? last : settingsNow(found.parsed, last);
      const changed = await update(now);
      if (Object.keys(changed).length === 0) {
        last = now;
        return now;
      }
      const wanted = { ...now, ...changed };
      try {
        const copy = found && found.parsed.faults.length > 0 ? copyOf(path, found) : undefined;
        await replaceFile(path, editSettings(found?.text ?? '', found?.parsed ?? NOTHING, wanted));
        if (found && copy !== undefined) report.repaired(describeRepair(path, found, copy));
      } catch (cause) {
        throw new SettingsError(fileMessage('write', path, cause), { cause });
      }
      last = wanted;
      return wanted;
    },
    reload() {
      const found = read(path);
      if (found === null || found.parsed.faults.length > 0) return null;
      report.unknown(describeUnknown(path, found.parsed));
      last = found.parsed.settings;
      return last;
    },
  };
}

/**
 * What the file sets, for commands that run beside the program: nothing is repaired. A file that is not there sets nothing.
 *
 * @throws SettingsError when the file cannot be read, or something in it is wrong
 */
export function readSettingsFile(path: string): FileSettings {
  return readFaultless(path)?.parsed.settings ?? {};
}

/**
 * Changes the file beside the program.
 *
 * @param update gets what the file sets, and gives the settings to change
 * @throws SettingsError when the file cannot be read or written, or something in it is wrong; it is then as it was
 */
export async function changeSettingsFile(
  path: string,
  update: (now: FileSettings) => FileSettings,
): Promise<void> {
  const found = readFaultless(path);
  const now = found?.parsed.settings ?? {};
  const wanted = { ...now, ...update(now) };
  try {
    await replaceFile(path, editSettings(found?.text ?? '', found?.parsed ?? NOTHING, wanted));
  } catch (cause) {
    throw new SettingsError(fileMessage('write', path, cause), { cause });
  }
}

function readFaultless(path: string): Found | null {
  const found = read(path);
  if (found === null || found.parsed.faults.length === 0) return found;
  throw new SettingsError(message('settings-file.faulty', { path, of: found.parsed.faults }));
}

const MOST_NAMES = 5;

const NOTHING = parseSettings({ text: '', isLossy: false });

function read(path: string): Found | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    // A dangling link does not mean that the defaults are wanted.
    if (isMissing && lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    throw new SettingsError(fileMessage('read', path, cause), { cause });
  }
  const decoded = decodeText(bytes);
  return { bytes, text: decoded.text, parsed: parseSettings(decoded) };
}

/** What a file that was edited while the program runs sets: in the place of what is damaged in it, what was set before. */
function settingsNow({ settings, faulty, isWellFormed }: ParsedSettings, last: FileSettings): FileSettings {
  const damaged = Object.entries(last).filter(([name]) => (faulty as ReadonlySet<string>).has(name));
  return { ...(isWellFormed ? {} : last), ...settings, ...Object.fromEntries(damaged) };
}

/** Writes back what is right in the file. Nothing is written over of which there is no copy. */
function repair(path: string, found: Found): Message {
  try {
    const copy = copyOf(path, found);
    replaceFileSync(path, editSettings(found.text, found.parsed, found.parsed.settings));
    return describeRepair(path, found, copy);
  } catch (cause) {
    const failure = fileMessage('correct', path, cause);
    return message('settings-file.unrepaired', { ...faultsOf(path, found), failure });
  }
}

/** Null where there is nothing to keep. */
function copyOf(path: string, { bytes, text }: Found): string | null {
  return text.trim() === '' ? null : keepCopy(path, bytes);
}

function describeRepair(path: string, found: Found, keptAs: string | null): Message {
  return message('settings-file.repaired', { ...faultsOf(path, found), keptAs });
}

function faultsOf(path: string, { parsed: { faults, settings, faulty } }: Found) {
  return {
    path,
    of: faults,
    rest: Object.keys(settings).length > 0 ? 'used' : 'defaults',
    isEmbedded: faulty.has('databaseUrl') && settings.databaseUrl === undefined,
  } as const;
}

function describeUnknown(path: string, { unknown }: ParsedSettings): Message | null {
  if (unknown.size === 0) return null;
  const names = [...unknown.keys()].slice(0, MOST_NAMES).map(shorten);
  return message('settings-file.unknown-names', { path, names, count: unknown.size });
}
