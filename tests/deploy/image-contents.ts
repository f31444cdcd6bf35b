import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, matchesGlob, posix, relative, resolve } from 'node:path';
import { type Copy, DockerfileParser, type Env, type From, type Instruction } from 'dockerfile-ast';

const ROOT = join(import.meta.dirname, '../..');
export const DOCKERFILE = join(ROOT, 'build/deploy/Dockerfile');

export type Stage = {
  readonly base: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
};

/** The stages of the Dockerfile; the last one is the image. */
export function readStages(): readonly [Stage, ...Stage[]] {
  const stages: { base: string; name: string; instructions: Instruction[] }[] = [];
  for (const instruction of DockerfileParser.parse(readFileSync(DOCKERFILE, 'utf8')).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const from = instruction as From;
      stages.push({ base: from.getImage() ?? '', name: from.getBuildStage() ?? '', instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  const [first, ...others] = stages;
  if (first === undefined) throw new Error('The Dockerfile has no stage.');
  return [first, ...others];
}

export const ofKind = (stage: Stage | undefined, keyword: string): readonly Instruction[] =>
  stage?.instructions.filter((instruction) => instruction.getKeyword() === keyword) ?? [];

/** The arguments of an instruction in JSON form, such as ENTRYPOINT, or of the command of HEALTHCHECK. */
export function jsonOf(instruction: Instruction | undefined): readonly string[] {
  const content = (instruction?.getArgumentsContent() ?? '[]').replaceAll('\\\n', ' ');
  return JSON.parse(content.slice(content.indexOf('['))) as string[];
}

export function environmentOf(stage: Stage | undefined): Readonly<Record<string, string>> {
  const properties = ofKind(stage, 'ENV').flatMap((instruction) => (instruction as Env).getProperties());
  return Object.fromEntries(properties.map((property) => [property.getName(), property.getValue() ?? '']));
}

/** Whether a file of the checkout is in the build context, by `Dockerfile.dockerignore`: the last pattern that matches decides. */
export function isInContext(path: string): boolean {
  const patterns = readFileSync(`${DOCKERFILE}.dockerignore`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), glob: line.replace(/^!/, '') }));
  // A pattern that matches a folder applies to its content.
  const last = patterns.findLast(({ glob }) =>
    foldersOf(path).some((part) => matchesGlob(withoutDots(part), glob)),
  );
  return last?.keeps ?? true;
}

/** To Docker, a dot at the beginning of a name is a character like any other. */
const withoutDots = (path: string): string => path.replaceAll(/(^|\/)\./g, '$1_');

/** The tracked files in the build context. */
export function contextFiles(): readonly string[] {
  const tracked = execFileSync('git', ['ls-files', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return tracked.split('\0').filter((path) => path !== '' && isInContext(path));
}

/** The path and all of its parent folders. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * Lays out, below `target`, what the image adds to its base, from the checkout and its built `out/`: the copies of the last stage, and
 * what the first stage does to `out/` after the build.
 */
export function layOutImage(target: string, scratch: string): void {
  const stages = readStages();
  const image = stages.at(-1);
  const built = join(scratch, 'src');
  cpSync(join(ROOT, 'out'), join(built, 'out'), { recursive: true });
  for (const run of ofKind(stages[0], 'RUN')) {
    const [command, ...afterwards] = (run.getArgumentsContent() ?? '').replace(/\\\n/g, ' ').split('&&');
    if (command?.includes('electron-vite build'))
      execFileSync('sh', ['-ec', afterwards.join('&&')], { cwd: built });
  }
  let folder = '/';
  for (const instruction of image?.instructions ?? []) {
    if (instruction.getKeyword() === 'WORKDIR') folder = instruction.getArgumentsContent() ?? '/';
    if (instruction.getKeyword() !== 'COPY') continue;
    const copy = instruction as Copy;
    const from = copy.getFromFlag()?.getValue() ?? null;
    const paths = copy.getArguments().map((argument) => argument.getValue());
    const destination = paths.at(-1) ?? '';
    for (const pattern of paths.slice(0, -1))
      for (const source of sourcesOf(pattern, from === null ? null : built)) {
        if (from === null && !isInContext(relative(ROOT, source)))
          throw new Error(`${source} is excluded by Dockerfile.dockerignore.`);
        const isFolder = statSync(source).isDirectory();
        const into =
          destination.endsWith('/') && !isFolder ? join(destination, basename(source)) : destination;
        const to = join(target, isAbsolute(into) ? into : posix.join(folder, into));
        mkdirSync(dirname(to), { recursive: true });
        cpSync(source, to, { recursive: true });
      }
  }
}

/** @param built the folder of the build stage's `/src`; null for the checkout */
function sourcesOf(pattern: string, built: string | null): readonly string[] {
  const base = built ?? ROOT;
  const found = globSync(built === null ? pattern : relative('/src', pattern), { cwd: base });
  if (found.length === 0) throw new Error(`There is nothing to copy: ${pattern}`);
  return found.map((path) => resolve(base, path));
}
