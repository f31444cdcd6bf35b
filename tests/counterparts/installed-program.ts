import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program in PATH or in Debian's folder for services; null if it is not installed. */
export function installedProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/lib/rabbitmq/bin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
