import { relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import type { FileDuration, TestReport, TestResult } from './test-results.ts';

const errorSchema = z.object({
  message: z.string().optional(),
  value: z.string().optional(),
  snippet: z.string().optional(),
  location: z.object({ file: z.string(), line: z.number(), column: z.number() }).optional(),
});

const suiteSchema = z.object({
  title: z.string(),
  specs: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      file: z.string(),
      tests: z.array(
        z.object({
          projectId: z.string(),
          status: z.enum(['skipped', 'expected', 'unexpected', 'flaky']),
          results: z.array(
            z.object({ status: z.string().optional(), duration: z.number(), errors: z.array(errorSchema) }),
          ),
        }),
      ),
    }),
  ),
  get suites() {
    return z.array(suiteSchema).optional();
  },
});

const reportSchema = z.object({
  config: z.object({ rootDir: z.string() }),
  suites: z.array(suiteSchema),
  errors: z.array(errorSchema),
});

/**
 * Converts a report of Playwright's reporter `json`.
 *
 * @param root the folder that paths of files are made relative to
 */
export function playwrightResults(report: unknown, root: string): TestReport {
  const { config, suites, errors } = reportSchema.parse(report);
  const fileOf = (file: string): string => relative(root, resolve(config.rootDir, file));
  const ofSuite = (suite: z.infer<typeof suiteSchema>, parents: readonly string[]): TestResult[] => [
    ...suite.specs.flatMap((spec) =>
      spec.tests.map(({ projectId, status, results }): TestResult => {
        const failed = status === 'unexpected' || status === 'flaky';
        return {
          id: `${projectId} ${spec.id}`,
          file: fileOf(spec.file),
          name: [...parents, spec.title].join(' > '),
          isTest: true,
          state: failed ? 'failed' : status === 'expected' ? 'passed' : 'skipped',
          error: failed
            ? results.flatMap((result) => [result.status ?? '', ...result.errors.map(textOf)]).join('\n')
            : '',
        };
      }),
    ),
    ...(suite.suites ?? []).flatMap((inner) => ofSuite(inner, [...parents, inner.title])),
  ];
  const results = [
    ...suites.flatMap((file) => ofSuite(file, [])),
    ...errors.map((error): TestResult => {
      const file = error.location === undefined ? null : fileOf(error.location.file);
      return {
        id: `outside ${file}`,
        file,
        name: 'an error outside of all tests',
        isTest: false,
        state: 'failed',
        error: textOf(error),
      };
    }),
  ];
  return { results, durations: durationsOf(suites) };

  function durationsOf(of: readonly z.infer<typeof suiteSchema>[]): FileDuration[] {
    const all = of.flatMap(allSpecs).map(({ file, tests }) => {
      const milliseconds = tests.flatMap((test) => test.results.map(({ duration }) => duration));
      return { file: fileOf(file), seconds: milliseconds.reduce((sum, one) => sum + one, 0) / 1_000 };
    });
    return [...Map.groupBy(all, ({ file }) => file)].map(([file, specs]) => ({
      file,
      seconds: specs.reduce((sum, { seconds }) => sum + seconds, 0),
    }));
  }

  function textOf({ message, value, location, snippet }: z.infer<typeof errorSchema>): string {
    const where = location && `at ${fileOf(location.file)}:${location.line}:${location.column}`;
    const lines = [message ?? value ?? 'an error without a message', where, snippet];
    return stripVTControlCharacters(lines.filter((line) => line !== undefined).join('\n'));
  }
}

type Suite = z.infer<typeof suiteSchema>;

const allSpecs = ({ specs, suites = [] }: Suite): Suite['specs'] => [...specs, ...suites.flatMap(allSpecs)];
