import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedProgram } from '../counterparts/installed-program.ts';
import { javaArgs } from '../counterparts/java-program.ts';
import { kafkaIsMissing } from '../counterparts/kafka.ts';
import { PYTHON_PACKAGES, pythonLacks } from '../counterparts/python.ts';

const FOLDER = join(import.meta.dirname, '../../docs/consumers');

export type ConsumerExample = {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Why it cannot run here, or null. */
  readonly missing: string | null;
};

/** The example programs of `docs/consumers/`, with the commands that run them. */
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
      missing: pythonLacks('confluent_kafka'),
    },
    {
      name: 'Java',
      program: java ?? '',
      args:
        kafkaIsMissing === null
          ? [...javaArgs('kafka', '256m', tmpdir()), join(FOLDER, 'Consumer.java')]
          : [],
      env: {},
      missing: kafkaIsMissing,
    },
  ];
}
