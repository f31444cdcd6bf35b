import type { Nested } from './nested.ts';

/** What was tried with a file, as in "cannot …". */
const ACTIONS = {
  read: 'read',
  write: 'write',
  correct: 'correct',
  rename: 'rename',
  'look-at': 'look at',
  'use-data-folder': 'use the data folder',
  create: 'create',
  'write-database-password': 'write the password of the embedded database to',
  'read-database-password': 'read the password of the embedded database from',
};

/** Files that cannot be read or written. */
export const fileTexts = {
  'file.failed': (p: { action: keyof typeof ACTIONS; path: string; reason: Nested }) =>
    `Cannot ${ACTIONS[p.action]} ${p.path}: ${p.reason}`,
  'file.missing': () =>
    'it does not exist, or is a link that leads nowhere. Restore it, or choose another place.',
  'file.dead-link': (p: { target: string }) =>
    `it is a link to ${p.target}, which is not there. Restore that, or remove the link.`,
  'file.no-folder': (p: { folder: string }) =>
    `the folder ${p.folder} does not exist. Create it, or choose another place.`,
  'file.path-through-file': () => 'a part of this path is a file, not a folder. Choose another place.',
  'file.exists': () => 'there is a file of this name. Choose another place.',
  'file.is-folder': () => 'this is a folder, not a file. Choose another place.',
  'file.cut-off': (p: { bytes: number; expected: number }) =>
    `it ends after ${p.bytes} of ${p.expected} bytes`,
  'file.is-socket': () => 'this is a socket. Choose a file or a named pipe.',
  'file.permission': () => 'permission denied. Change its owner or mode, or choose another place.',
  'file.busy': () =>
    'another program uses it, or it is mounted by itself. Close that program, or mount its folder instead.',
  'file.read-only': () => 'the file system is read-only. Choose another place.',
  'file.disk-full': () => 'the disk is full. Free some space.',
  'file.pipe-unread': () => 'nobody reads from this pipe. Start its reader; what waits is delivered then.',
  'file.pipe-ended': () =>
    'the reader of this pipe has ended. Start its reader; what waits is delivered then.',
  'file.pipe-slow': () => 'the reader of this pipe does not keep up. What waits is delivered when it does.',
};
