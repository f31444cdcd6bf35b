import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installedProgram } from '../counterparts/installed-program.ts';
import { KAFKA_JARS } from '../counterparts/kafka.ts';

const FOLDER = join(import.meta.dirname, '../../docs/consumers');
/** Filled by `npm run counterparts`. */
const PYTHON_PACKAGES = join(import.meta.dirname, '../counterparts/python/packages');

export type ConsumerExample = {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Why it cannot be run here, or null. */
  readonly missing: string | null;
};

/** The programs of `docs/consumers/`, with what each is run by. */
export function consumerExamples(): readonly ConsumerExample[] {
  const python = installedProgram('python3');
  const java = installedProgram('java');
  return [
    {
      name: 'TypeScript',
      program: process.execPath,
      args: [join(FOLDER, 'consumer.ts')],
      env: {},
      missing: null,
    },
    {
      name: 'Python',
      program: python ?? '',
      args: [join(FOLDER, 'consumer.py')],
      env: { PYTHONPATH: PYTHON_PACKAGES },
      missing: python === null ? 'Python is not installed' : missingPackage(python),
    },
    {
      name: 'Java',
      program: java ?? '',
      args: ['-cp', join(KAFKA_JARS, '*'), join(FOLDER, 'Consumer.java')],
      env: {},
      missing: java === null ? 'Java is not installed' : null,
    },
  ];
}

function missingPackage(python: string): string | null {
  const env = { ...process.env, PYTHONPATH: PYTHON_PACKAGES };
  const { status } = spawnSync(python, ['-c', 'import confluent_kafka'], { env });
  return status === 0 ? null : 'confluent-kafka is not there: run npm run counterparts';
}
