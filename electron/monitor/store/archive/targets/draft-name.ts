import { randomUUID } from 'node:crypto';

const DRAFT = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.new$/;

/** The name of the draft in the same folder that a file is written to before it is renamed. */
export function draftName(name: string): string {
  return `${name}.${randomUUID()}.new`;
}

/** Whether this is the name of a draft: of the file `of`, or of any file when absent. */
export function isDraftName(name: string, of?: string): boolean {
  if (of === undefined) return DRAFT.test(name);
  return name.startsWith(of) && name.slice(of.length).search(DRAFT) === 0;
}
