import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine. Only Linux provides these figures. */
type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
  /** CPU time since its start, in milliseconds. */
  readonly cpuMs: number;
};

/** `/proc` counts CPU time in hundredths of a second on every Linux. */
const MS_PER_TICK = 10;

/**
 * A program's processes: the given one, those with its data folder in their command line (its database is not its child), and all
 * descendants of these.
 */
export function processesOf(pid: number, folder: string): readonly Process[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
  const found = new Set(
    all
      .filter((one) => one.pid === pid || (one.commandLine.includes(folder) && one.pid !== process.pid))
      .map((one) => one.pid),
  );
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  return all.filter((one) => found.has(one.pid));
}

/** Memory of processes in megabytes, in which shared memory counts once (PSS). */
export function memoryMb(processes: readonly Process[]): number {
  const kilobytes = processes.map(({ pid }) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1_024;
}

/** CPU time of these processes since `before`; those that have ended meanwhile are not counted. */
export function cpuSince(before: readonly Process[], now: readonly Process[]): number {
  const started = new Map(before.map(({ pid, cpuMs }) => [pid, cpuMs]));
  return now.reduce((sum, { pid, cpuMs }) => sum + cpuMs - (started.get(pid) ?? 0), 0);
}

/**
 * The processor time of a process's main thread since its start, in milliseconds, exact to the nanosecond while the thread sleeps;
 * null if the system does not report it. https://docs.kernel.org/scheduler/sched-stats.html
 */
export function processorMsOf(pid: number): number | null {
  const nanoseconds = read(`/proc/${pid}/schedstat`)?.split(' ')[0];
  return nanoseconds === undefined ? null : Number(nanoseconds) / 1e6;
}

function readProcess(pid: number): readonly Process[] {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return [];
  // The name in parentheses can contain any character. After it come state and parent, and as 12th and 13th the CPU times.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
  const commandLine = read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? '';
  return [{ pid, parent: parent ?? 0, commandLine, cpuMs: ((user ?? 0) + (system ?? 0)) * MS_PER_TICK }];
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // ended meanwhile
  }
}
