import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installedProgram } from './installed-program.ts';

/** Programs whose libraries `npm run counterparts` fetches with Maven. */
export type JavaProgram = 'kafka' | 'hdfs';

/** Null when Java is not installed. */
export const JAVA = installedProgram('java');

const jarsOf = (program: JavaProgram): string => join(import.meta.dirname, program, 'jars');

/** Made by the Java that is installed: every other one ignores it. */
function archiveOf(program: JavaProgram): string | null {
  if (JAVA === null) return null;
  const path = realpathSync(JAVA);
  const { size, mtimeMs } = statSync(path);
  const java = createHash('sha256').update(`${path} ${size} ${mtimeMs}`).digest('hex').slice(0, 16);
  return join(jarsOf(program), `classes-${java}.jsa`);
}

/** Whether its libraries are there. */
export const hasJars = (program: JavaProgram): boolean => existsSync(jarsOf(program));

/**
 * The arguments of the JVM for a program that starts soon and does not run for long, up to the name of its main class.
 *
 * @param heap the most that it may take, such as `256m`
 * @param folder for its temporary files: libraries that it unpacks stay there when it is killed
 */
export function javaArgs(program: JavaProgram, heap: string, folder: string): readonly string[] {
  const archive = archiveOf(program);
  const jars = readdirSync(jarsOf(program)).filter((name) => name.endsWith('.jar'));
  // An archive is used only for the same files in the same order.
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
 * Archives the classes that a program loads when it starts, unless that was done before. The JVM maps them from there instead of parsing
 * and verifying them anew, which saves a third of the processor time of a start.
 *
 * @param run starts the program with `javaArgs`, and ends it with SIGTERM
 * @throws Error when it does not start, or leaves no archive; Java 13 or newer is needed
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
