import { execFile } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import { dirname, parse } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The system account that the server runs under when the program itself runs as root, which PostgreSQL refuses. */
const ACCOUNT = 'postgres';

/** How to start the server's programs. */
export type ServerAccount = {
  /** Gives a folder or file to the account. */
  own(path: string): Promise<void>;
  /** What the system calls it. */
  readonly name: string;
  /** Whether a file of this owner can be trusted to be ours. */
  isOurs(uid: number): boolean;
  /** Whether it is the account itself that owns a file: PostgreSQL opens no other cluster. */
  isServer(uid: number): boolean;
  /** The command to run for a program with its arguments, and the ids to run it with. */
  command(program: string, args: readonly string[]): ServerCommand;
};

export type ServerCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
};

const OURSELVES: ServerAccount = {
  own: async () => undefined,
  name: String(process.getuid?.() ?? 'this user'),
  // Windows has no such ids, and gives 0 for all.
  isOurs: (uid) => uid === (process.getuid?.() ?? 0),
  isServer: (uid) => uid === (process.getuid?.() ?? 0),
  command: (file, args) => ({ file, args, ids: {} }),
};

/**
 * The account for the server's programs: our own, or, as root, the system user `postgres`, which is made when missing.
 *
 * @param paths what the account must be able to reach
 */
export async function serverAccount(paths: readonly string[]): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return OURSELVES;
  const ids = (await findAccount()) ?? (await makeAccount());
  const asRoot = {
    own: (path: string): Promise<void> => chown(path, ids.uid, ids.gid),
    name: ACCOUNT,
    isOurs: (uid: number): boolean => uid === 0 || uid === ids.uid,
    isServer: (uid: number): boolean => uid === ids.uid,
  };

  const closed = await firstClosedFolder(paths, ids);
  if (closed === null) return { ...asRoot, command: (file, args) => ({ file, args, ids }) };

  // The program or its data lie below a folder that is closed to others, such as /root. The account may then read and
  // enter any folder, and still write only its own.
  const prefix = [
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_read_search',
    '--ambient-caps=-all,+dac_read_search',
    // Without it access(2), by which initdb looks for the server's program, does not count the capability.
    '--securebits=+no_setuid_fixup',
    '--',
  ];
  try {
    await run('setpriv', [...prefix, 'true']);
  } catch (error) {
    throw new Error(
      `The system user "${ACCOUNT}", under which PostgreSQL runs when the program is started as root, cannot enter ` +
        `${closed}, and setpriv cannot help here. Start the program as an ordinary user, or move the data folder ` +
        `and the installation out of ${closed}.`,
      { cause: error },
    );
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

async function makeAccount(): Promise<AccountIds> {
  let cause: unknown;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', ACCOUNT]);
  } catch (error) {
    cause = error;
  }
  const ids = await findAccount();
  if (ids !== null) return ids;
  throw new Error(
    `PostgreSQL does not run as root, and the system user "${ACCOUNT}" could not be made. ` +
      'Make it, or start the program as an ordinary user.',
    { cause },
  );
}

/** The first folder on the way to one of the paths that the account cannot enter. */
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
