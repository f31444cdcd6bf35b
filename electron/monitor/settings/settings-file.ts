import { lstatSync, readFileSync } from 'node:fs';
import { type Message, message } from '../../../shared/messages/message.ts';
import { removeDrafts, replaceFileIf, replaceFileSync } from '../files/atomic-file.ts';
import { fileMessage } from '../files/file-error.ts';
import { keepCopy } from '../files/keep-copy.ts';
import { decodeText } from './decode-text.ts';
import { shorten } from './describe-issues.ts';
import { editSettings } from './edit-settings.ts';
import { type FileSettings, type ParsedSettings, parseSettings } from './parse-settings.ts';
import { SettingsError } from './settings-error.ts';

/** The faults of the file: `repaired` is reported once, `unknown` as long as it applies (null: no longer). */
export type SettingsReport = {
  repaired(message: Message): void;
  unknown(message: Message | null): void;
};

export type SettingsFile = {
  /** The settings in the file when it was opened. */
  readonly settings: FileSettings;
  /**
   * Reads the file again, because its owner may have edited it, and writes the changes of `update`. The caller must not run two
   * changes concurrently.
   *
   * @param update receives the current settings of the file and returns the settings to change; if it returns none, nothing is
   *   written. It is called again when another process has written the file meanwhile
   * @returns the settings of the file afterwards
   * @throws SettingsError when the file cannot be read or written; it is then unchanged
   */
  change(update: (now: FileSettings) => Promise<FileSettings>): Promise<FileSettings>;
  /**
   * The current settings of the file, after an edit by its owner. Null while it is missing or invalid: the owner may not have
   * finished.
   *
   * @throws SettingsError when the file cannot be read
   */
  reload(): FileSettings | null;
};

type Found = { readonly bytes: Buffer; readonly text: string; readonly parsed: ParsedSettings };

/**
 * Opens settings.json. A missing file counts as empty.
 *
 * An invalid file is copied to `settings.json.bad`, and its valid content is written back, so that the next start finds the same
 * settings. If that cannot be written, the file is left unchanged, and its valid content is used.
 *
 * @throws SettingsError when the file exists and cannot be read: the configured database is then unknown
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
      for (;;) {
        const found = read(path);
        const now = found === null ? last : settingsNow(found.parsed, last);
        const changed = await update(now);
        if (Object.keys(changed).length === 0) {
          last = now;
          return now;
        }
        const wanted = { ...now, ...changed };
        let repaired = null as Message | null;
        const keep = (): void => {
          if (found === null || found.parsed.faults.length === 0) return;
          repaired = describeRepair(path, found, copyOf(path, found));
        };
        if (!(await write(path, found, wanted, keep))) continue;
        if (repaired !== null) report.repaired(repaired);
        last = wanted;
        return wanted;
      }
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
 * The settings of the file, for commands that run beside the program: nothing is repaired. A missing file sets nothing.
 *
 * @throws SettingsError when the file cannot be read or is invalid
 */
export function readSettingsFile(path: string): FileSettings {
  return readFaultless(path)?.parsed.settings ?? {};
}

/**
 * Changes the file beside the program.
 *
 * @param update receives the settings of the file and returns the settings to change. It is called again when another process has
 *   written the file meanwhile
 * @throws SettingsError when the file cannot be read or written, or is invalid; it is then unchanged
 */
export async function changeSettingsFile(
  path: string,
  update: (now: FileSettings) => FileSettings,
): Promise<void> {
  for (;;) {
    const found = readFaultless(path);
    const now = found?.parsed.settings ?? {};
    if (await write(path, found, { ...now, ...update(now) })) return;
  }
}

/**
 * Writes the settings in the place of those that were found.
 *
 * @param before called before the file is replaced
 * @returns false when another process has written the file since; it is then unchanged
 */
async function write(
  path: string,
  found: Found | null,
  wanted: FileSettings,
  before: () => void = () => undefined,
): Promise<boolean> {
  const isCurrent = (): boolean => {
    const now = read(path);
    return now === null || found === null ? now === found : now.bytes.equals(found.bytes);
  };
  try {
    before();
    const text = editSettings(found?.text ?? '', found?.parsed ?? NOTHING, wanted);
    return await replaceFileIf(path, text, isCurrent);
  } catch (cause) {
    throw new SettingsError(fileMessage('write', path, cause), { cause });
  }
}

function readFaultless(path: string): Found | null {
  const found = read(path);
  if (found === null || found.parsed.faults.length === 0) return found;
  throw new SettingsError(message('settings-file.faulty', { path, of: found.parsed.faults }));
}

const MAX_NAMES = 5;

const NOTHING = parseSettings({ text: '', isLossy: false });

function read(path: string): Found | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    // A dangling link does not mean that the user wants the defaults.
    if (isMissing && lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    throw new SettingsError(fileMessage('read', path, cause), { cause });
  }
  const decoded = decodeText(bytes);
  return { bytes, text: decoded.text, parsed: parseSettings(decoded) };
}

/** The settings of a file that was edited while the program runs: invalid entries keep their previous values. */
function settingsNow({ settings, faulty, isWellFormed }: ParsedSettings, last: FileSettings): FileSettings {
  const damaged = Object.entries(last).filter(([name]) => (faulty as ReadonlySet<string>).has(name));
  return { ...(isWellFormed ? {} : last), ...settings, ...Object.fromEntries(damaged) };
}

/** Writes back the valid content of the file. Nothing is overwritten without a copy. */
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

/** Null if there is nothing to copy. */
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
  const names = [...unknown.keys()].slice(0, MAX_NAMES).map(shorten);
  return message('settings-file.unknown-names', { path, names, count: unknown.size });
}
