import { message } from '../../../../shared/messages/message.ts';
import { RefusedDatabase } from './refused-database.ts';

/** A session setting: name and value. */
export type SessionOption = readonly [name: string, value: string];

/**
 * Parses the settings in `options` of a connection URL, such as `-c search_path=prices`. The server would accept them
 * at connection start, but poolers such as pgbouncer reject that, so they are set in each transaction instead.
 *
 * @throws RefusedDatabase when it contains anything else
 */
export function parseSessionOptions(options: string): readonly SessionOption[] {
  const words = splitWords(options);
  const found: SessionOption[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const setting = word === '-c' ? words[++index] : (/^(?:-c|--)(.+)$/s.exec(word)?.[1] ?? undefined);
    const [, name, value] = /^([\w.-]+)=(.*)$/s.exec(setting ?? '') ?? [];
    if (name === undefined || value === undefined) {
      throw new RefusedDatabase(message('database.options-wrong'));
    }
    found.push([name.replaceAll('-', '_'), value]);
  }
  return found;
}

/** Splits like the server: at white space, unless a backslash escapes it. */
function splitWords(text: string): readonly string[] {
  return (text.match(/(?:\\.|[^\s\\])+/gs) ?? []).map((word) => word.replace(/\\(.)/gs, '$1'));
}
