import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installedProgram } from './installed-program.ts';

/** Programs whose libraries `npm run counterparts` fetches with Maven. */
export type JavaProgram = 'kafka' | 'hdfs';

/** The path of Java; null if it is not installed. */
export const JAVA = installedProgram('java');

const jarsOf = (program: JavaProgram): string => join(import.meta.dirname, program, 'jars');

/** The path of the archive. Its name identifies the installed Java, because any other Java ignores it. */
function archiveOf(program: JavaProgram): string | null {
  if (JAVA === null) return null;
  const path = realpathSync(JAVA);
  const { size, mtimeMs } = statSync(path);
  const java = createHash('sha256').update(`${path} ${size} ${mtimeMs}`).digest('hex').slice(0, 16);
  return join(jarsOf(program), `classes-${java}.jsa`);
}

/** Whether the libraries of a program were fetched. */
export const hasJars = (program: JavaProgram): boolean => existsSync(jarsOf(program));

/**
 * The arguments of the JVM up to the name of the main class, for a program that starts fast and runs for a short time.
 *
 * @param heap the maximum size of the heap, such as `256m`
 * @param folder for temporary files: a program that is killed leaves the libraries there that it has unpacked
 */
export function javaArgs(program: JavaProgram, heap: string, folder: string): readonly string[] {
  const archive = archiveOf(program);
  const jars = readdirSync(jarsOf(program)).filter((name) => name.endsWith('.jar'));
  // The JVM uses an archive only with the same class path in the same order.
  const classPath = jars.sort().map((name) => join(jarsOf(program), name));
  return [
    `-Xmx${heap}`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    ...(archive !== null && existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
    `-Djava.io.tmpdir=${folder}`,
    '-cp',
    classPath.join(delimiter),
  ];
}

/**
 * Archives the classes that a program loads when it starts, unless there is an archive. The JVM maps archived classes instead of
 * parsing and verifying them again, which saves a third of the processor time of a start.
 *
 * @param run starts the program with `javaArgs`, and ends it with SIGTERM
 * @throws Error if it does not start, or leaves no archive; Java 13 or newer is required
 */
export async function archiveClasses(program: JavaProgram, run: () => Promise<void>): Promise<void> {
  const archive = archiveOf(program);
  if (archive === null || existsSync(archive)) return;
  const draft = `${archive}.${process.pid}`;
  process.env.JDK_JAVA_OPTIONS = `-XX:ArchiveClassesAtExit=${draft}`;
  try {
    await run();
    renameSync(draft, archive);
  } finally {
    delete process.env.JDK_JAVA_OPTIONS;
    rmSync(draft, { force: true });
  }
}
