import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Integration tests that take twenty seconds or more, longest first: `npm test` lists the slowest files. Vitest starts those first
 * that took longest in its last run; in a checkout without one it goes by size, and a small file that kills a program a hundred
 * times would run alone at the end.
 */
const LONGEST = [
  'archive',
  'cluster-load',
  'archive-kill-s3',
  'archive-targets',
  'import-ticks',
  'desktop-boot',
  'storage-move',
  'archive-kill-hdfs',
  'backup',
  'archive-kill',
  'cluster',
  'channel-kafka',
  'full-charts',
  'backtest',
  'storage-own-server',
  'stream-feed',
  'backup-servers',
  'storage-replica',
  'stream',
  'channel-rabbitmq',
  'closing-servers',
  'package',
  'stream-markets',
  'stream-client',
  'fallback',
  'embedded-cluster',
  'storage-kill',
].map((name) => join(import.meta.dirname, 'integration', `${name}.test.ts`).replaceAll('\\', '/'));

const gone = LONGEST.filter((file) => !existsSync(file));
if (gone.length > 0) throw new Error(`tests/longest-first.ts lists missing files: ${gone.join(', ')}`);

/** The position of a file. Files that are not listed follow in their given order. */
const place = ({ moduleId }: TestSpecification): number => {
  const index = LONGEST.indexOf(moduleId);
  return index === -1 ? LONGEST.length : index;
};

const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => group(a) - group(b) || place(a) - place(b));
  }
}
