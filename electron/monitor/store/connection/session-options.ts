import { RefusedDatabase } from './refused-database.ts';

/** A setting of the session: its name and its value. */
export type SessionOption = readonly [name: string, value: string];

/**
 * The settings in `options` of a connection URL, such as `-c search_path=prices`. The server would take them when a
 * session starts; a pooler such as pgbouncer refuses that, so that they are set for each transaction instead.
 *
 * @throws RefusedDatabase when there is anything else in it
 */
export function parseSessionOptions(options: string): readonly SessionOption[] {
  const words = splitWords(options);
  const found: SessionOption[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const setting = word === '-c' ? words[++index] : (/^(?:-c|--)(.+)$/s.exec(word)?.[1] ?? undefined);
    const [, name, value] = /^([\w.-]+)=(.*)$/s.exec(setting ?? '') ?? [];
    if (name === undefined || value === undefined) {
      throw new RefusedDatabase(
        'The connection URL has something in "options" that is no setting. Write them as -c name=value, escaped: ' +
          'options=-c%20search_path%3Dprices.',
      );
    }
    found.push([name.replaceAll('-', '_'), value]);
  }
  return found;
}

/** As the server does it: parted by white space, which a backslash before it makes part of a word. */
function splitWords(text: string): readonly string[] {
  return (text.match(/(?:\\.|[^\s\\])+/gs) ?? []).map((word) => word.replace(/\\(.)/gs, '$1'));
}
