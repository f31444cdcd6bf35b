import { execFile } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import { dirname, parse } from 'node:path';
import { promisify } from 'node:util';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';

const run = promisify(execFile);

/** The system account that runs the server when the program runs as root, which PostgreSQL refuses. */
const ACCOUNT = 'postgres';

/** The account that runs the server's programs. */
export type ServerAccount = {
  /** Changes the owner of a folder or file to the account. */
  own(path: string): Promise<void>;
  /** The account's name in the system. */
  readonly name: string;
  /** Whether a file of this owner belongs to the program or the account. */
  isOurs(uid: number): boolean;
  /** Whether the account itself owns a file, which PostgreSQL requires of a cluster. */
  isServer(uid: number): boolean;
  /** The command to run for a program with its arguments, and the ids to run it with. */
  command(program: string, args: readonly string[]): ServerCommand;
};

export type ServerCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
};

const CURRENT_USER: ServerAccount = {
  own: async () => undefined,
  name: String(process.getuid?.() ?? 'this user'),
  // Windows has no user ids and reports 0.
  isOurs: (uid) => uid === (process.getuid?.() ?? 0),
  isServer: (uid) => uid === (process.getuid?.() ?? 0),
  command: (file, args) => ({ file, args, ids: {} }),
};

/**
 * Selects the account for the server's programs: the current user or, for root, the system user `postgres`, which is
 * created when missing.
 *
 * @param paths paths that the account must be able to access
 */
export async function serverAccount(paths: readonly string[]): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return CURRENT_USER;
  const ids = (await findAccount()) ?? (await createAccount());
  const asRoot = {
    own: (path: string): Promise<void> => chown(path, ids.uid, ids.gid),
    name: ACCOUNT,
    isOurs: (uid: number): boolean => uid === 0 || uid === ids.uid,
    isServer: (uid: number): boolean => uid === ids.uid,
  };

  const closed = await firstClosedFolder(paths, ids);
  if (closed === null) return { ...asRoot, command: (file, args) => ({ file, args, ids }) };

  // The program or its data are below a folder that is closed to others, such as /root. Give the account the
  // capability to read and enter any folder; it can still write only its own.
  const prefix = [
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_read_search',
    '--ambient-caps=-all,+dac_read_search',
    // Without it, access(2), which initdb uses to find the server's program, ignores the capability.
    '--securebits=+no_setuid_fixup',
    '--',
  ];
  try {
    await run('setpriv', [...prefix, 'true']);
  } catch (error) {
    throw new MessageError(message('embedded.closed-folder', { account: ACCOUNT, folder: closed }), {
      cause: error,
    });
  }
  return {
    ...asRoot,
    command: (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args], ids: {} }),
  };
}

type AccountIds = { readonly uid: number; readonly gid: number };

async function findAccount(): Promise<AccountIds | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', ACCOUNT]), run('id', ['-g', ACCOUNT])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` fails when there is no such user.
    return null;
  }
}

async function createAccount(): Promise<AccountIds> {
  let cause: unknown;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', ACCOUNT]);
  } catch (error) {
    cause = error;
  }
  const ids = await findAccount();
  if (ids !== null) return ids;
  throw new MessageError(message('embedded.no-account', { account: ACCOUNT }), { cause });
}

/** The first parent folder of the paths that the account cannot enter. */
async function firstClosedFolder(paths: readonly string[], ids: AccountIds): Promise<string | null> {
  for (const path of paths) {
    for (const folder of ancestors(path)) {
      const { mode, uid, gid } = await stat(folder);
      const enter = uid === ids.uid ? 0o100 : gid === ids.gid ? 0o010 : 0o001;
      if ((mode & enter) === 0) return folder;
    }
  }
  return null;
}

function ancestors(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== parse(folder).root; folder = dirname(folder))
    folders.unshift(folder);
  return folders;
}
