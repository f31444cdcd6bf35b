import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Tests the worked examples of docs/architecture.md, "Extending the program". Each is a patch that adds one thing with its test. To
 * change an example, run `git apply tests/examples/<name>.patch`, edit the files, and write the output of `git diff -U1` to the patch.
 */
const ROOT = join(import.meta.dirname, '../..');
const NAMES = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.patch'))
  .map((file) => file.slice(0, -'.patch'.length));

const patchOf = (name: string): string => join(import.meta.dirname, `${name}.patch`);
const patchText = (name: string): string => readFileSync(patchOf(name), 'utf8').replaceAll('\r\n', '\n');

/** The files that a patch changes or adds. */
function filesOf(name: string): readonly string[] {
  return [...patchText(name).matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, file = '']) => file);
}
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

/** Not copied: packages, which are linked, and built or downloaded files. */
const NOT_COPIED = new Set([
  '.git',
  'node_modules',
  'out',
  'dist',
  'coverage',
  'test-results',
  'jars',
  'packages',
]);

let tree: string;
const run = promisify(execFile);
/** Runs a program of the project's packages in the copy. If it fails, rejects with its output. */
async function runIn(folder: string, bin: string, args: readonly string[]): Promise<void> {
  try {
    await run(process.execPath, [join(ROOT, 'node_modules', bin), ...args], {
      cwd: folder,
      // Without the variables that the runner of this file has set for itself.
      env: { ...process.env, VITEST: undefined, NODE_ENV: undefined, NODE_OPTIONS: undefined },
      maxBuffer: 64 * 1_024 * 1_024,
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${bin} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

const apply = (name: string, ...options: readonly string[]) =>
  run('git', ['apply', ...options, patchOf(name)], {
    cwd: tree,
    // Otherwise git would patch a checkout that contains the temporary folder.
    env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() },
  });

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'examples-'));
  cpSync(ROOT, tree, { recursive: true, filter: (source) => !NOT_COPIED.has(basename(source)) });
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'), 'junction');
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('the table of examples in docs/architecture.md', () => {
  const docs = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const rows = [...docs.matchAll(/^\| \[[^\]]+\]\(\.\.\/tests\/examples\/([a-z-]+)\.patch\) \|(.+)\|$/gm)];
  const documented = new Map(
    rows.map(([, name = '', files = '']) => [
      name,
      [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    ]),
  );

  it('contains each example', () => {
    expect([...documented.keys()].sort()).toEqual(NAMES.toSorted());
  });

  it.each(NAMES)('lists the files that adding a %s touches', (name) => {
    const patterns = (documented.get(name) ?? []).map(
      (file) => new RegExp(`^${file.replaceAll('.', '\\.').replaceAll(/<[^>]+>/g, '[a-z0-9-]+')}$`),
    );
    const touched = filesOf(name).filter((file) => !isTest(file));
    expect(patterns.filter((pattern) => !touched.some((file) => pattern.test(file)))).toEqual([]);
    expect(touched.filter((file) => !patterns.some((pattern) => pattern.test(file)))).toEqual([]);
  });
});

describe('the worked examples', () => {
  it.each(NAMES)('can be applied without the others: %s', async (name) => {
    await apply(name, '--check');
  });

  it('pass the compiler, the linter and their own tests together', { timeout: 600_000 }, async () => {
    for (const name of NAMES) await apply(name);
    const files = NAMES.flatMap(filesOf);
    const tests = files.filter(isTest);
    expect(NAMES.filter((name) => !filesOf(name).some(isTest))).toEqual([]);
    await Promise.all([
      runIn(tree, 'typescript/bin/tsc', ['-p', 'tsconfig.json']),
      runIn(tree, 'typescript/bin/tsc', ['-p', 'renderer/tsconfig.json']),
      runIn(tree, '@biomejs/biome/bin/biome', ['check', '--vcs-enabled=false', ...files]),
      runIn(tree, 'vitest/vitest.mjs', ['run', '--project', 'unit', ...tests]),
    ]);
  });
});
