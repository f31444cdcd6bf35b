import { randomUUID } from 'node:crypto';

const DRAFT = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.new$/;

/** A name beside that of a file, under which it is written before it gets its own. */
export function draftName(name: string): string {
  return `${name}.${randomUUID()}.new`;
}

/** Whether this is the name of a draft: of the file `of`, or of any file when absent. */
export function isDraftName(name: string, of?: string): boolean {
  if (of === undefined) return DRAFT.test(name);
  return name.startsWith(of) && name.slice(of.length).search(DRAFT) === 0;
}
