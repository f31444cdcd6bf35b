import { existsSync, readFileSync, renameSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { z } from 'zod';
import type { Problem } from '../../../shared/domain.ts';
import { type SettingName, type Settings, settingsSchema } from '../../../shared/settings.ts';
import { describeFileError } from '../file-error.ts';
import { describeIssues } from './describe-issues.ts';

/** What a settings file sets; absent names are left to the defaults. */
export type FileSettings = Partial<Settings>;

export type ReadSettings = { readonly settings: FileSettings; readonly problem: Problem | null };

const SPACES = 2;

/**
 * Reads settings.json. A file that is not there is an empty one.
 * A file that cannot be used as it is, is kept aside as `settings.json.bad` for its owner to mend: when it is JSON,
 * the settings in it that are right stay in force; otherwise the defaults are used. The problem says which and why.
 *
 * @throws Error when the file is there and cannot be read at all
 */
export function readSettingsFile(path: string): ReadSettings {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { settings: {}, problem: null };
    throw new Error(describeFileError('read', path, cause), { cause });
  }

  const { settings, faults } = parse(text);
  if (faults.length === 0) return { settings, problem: null };
  const aside = setAside(path);
  const kept = Object.keys(settings).length > 0 ? 'Its other settings are used' : 'The defaults are used';
  return {
    settings,
    problem: {
      id: 'settings-file',
      message: `${path} is not valid: ${faults.join('; ')}. ${kept}; the file is kept as ${aside}.`,
    },
  };
}

/** Replaces settings.json, whole or not at all, also when the machine stops in the middle. */
export async function writeSettingsFile(path: string, settings: FileSettings): Promise<void> {
  const draft = `${path}.new`;
  try {
    const file = await open(draft, 'w', 0o600); // a database URL may hold a password
    try {
      await file.writeFile(`${JSON.stringify(settings, null, SPACES)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    throw new Error(describeFileError('write', path, cause), { cause });
  }
}

function parse(text: string): { settings: FileSettings; faults: readonly string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return { settings: {}, faults: [cause instanceof Error ? cause.message : String(cause)] };
  }
  const object = z.record(z.string(), z.unknown()).safeParse(json);
  if (!object.success) return { settings: {}, faults: ['it does not hold one JSON object'] };

  const settings: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, value] of Object.entries(object.data)) {
    const schema = isSettingName(name) ? settingsSchema.shape[name] : undefined;
    const parsed = schema?.safeParse(value);
    if (parsed === undefined) faults.push(`"${name}" is no setting`);
    else if (parsed.success) settings[name] = parsed.data;
    else faults.push(`"${name}" ${describeIssues(parsed.error, value)}`);
  }
  return { settings: settings as FileSettings, faults };
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingsSchema.shape, name);
}

/** Renames the file without overwriting one that was set aside before; gives the new name. */
function setAside(path: string): string {
  let aside = `${path}.bad`;
  for (let count = 2; existsSync(aside); count++) aside = `${path}.bad-${count}`;
  renameSync(path, aside);
  return aside;
}
