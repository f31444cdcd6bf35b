import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usedBeforeDeclared } from './declared-below.ts';

const ROOT = join(import.meta.dirname, '..');
/** The files that compose the program from its parts. */
const COMPOSITIONS = globSync(
  ['electron/monitor/compose*.ts', 'electron/main.ts', 'electron/hosts/desktop/desktop.ts'],
  { cwd: ROOT },
).filter((file) => !file.endsWith('.test.ts'));

describe('a composition', () => {
  it.each(COMPOSITIONS)('can be read from top to bottom: %s', (file) => {
    expect(usedBeforeDeclared(file, readFileSync(join(ROOT, file), 'utf8'))).toEqual([]);
  });
});

describe('a name that is used above its declaration', () => {
  it.each([
    ['in a function that is called later', 'const a = () => b.start();\nconst b = open(a);', ['b:2']],
    ['in a nested block', 'if (x) { later(() => {\n const { c } = d; }); }\nconst d = 1;', ['d:3']],
    ['as a shorthand', 'const a = { b };\nlet b = 1;', ['b:2']],
    ['in a pattern', 'use(e);\nconst { d: [e], ...f } = 1;', ['e:2']],
    ['as a value of a type', 'use(b as B);\nconst b = 1;', ['b:2']],
  ])('is found: %s', (_, body, uses) => {
    expect(usedBeforeDeclared('a.ts', `function compose(x) {\n${body}\n}`)).toEqual(uses);
  });

  it.each([
    ['its own function, which calls itself', 'const a = () => later(a);'],
    ['a function declaration', 'a();\nfunction a() {}'],
    ['a property of the same name', 'const a = x.b;\nconst c = { b: 1 };\nconst b = a;'],
    ['a parameter of the same name', 'const a = (b) => b + 1;\nconst d = ({ b }) => b;\nconst b = a;'],
    ['a name of an inner block', 'const a = () => { const b = 1; return b; };\nconst b = a;'],
    ['a type of the same name', 'const a: b = 1;\nconst b = a;'],
  ])('is none: %s', (_, body) => {
    expect(usedBeforeDeclared('a.ts', `function compose(x) {\n${body}\n}`)).toEqual([]);
  });
});
