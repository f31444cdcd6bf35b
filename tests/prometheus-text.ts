/** A value of a metric in Prometheus's text format. */
export type Sample = {
  /** Including the suffix of a histogram, such as `_bucket`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export type Exposition = {
  readonly samples: readonly Sample[];
  /** By name: `counter`, `gauge`, `histogram` or `summary`. */
  readonly types: ReadonlyMap<string, string>;
  /** The sum of a metric's values with these labels; null if there is no such value. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number | null;
};

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/**
 * Parses Prometheus's text format, version 0.0.4.
 *
 * @throws Error with the invalid line
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('The last line does not end with a line feed.');
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    const declared = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (declared !== null) {
      const [, name = '', type = ''] = declared;
      if (types.has(name)) throw new Error(`Declared twice: ${line}`);
      types.set(name, type);
    } else if (line !== '' && !line.startsWith('#')) samples.push(parseSample(line));
  }
  return {
    samples,
    types,
    sum(name, labels = {}) {
      const found = samples.filter(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      );
      return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

function parseSample(line: string): Sample {
  const [, name, list = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined || Number.isNaN(toNumber(value)) !== /^nan$/i.test(value))
    throw new Error(`Not a sample: ${line}`);
  const found = [...list.matchAll(LABEL)];
  if (found.map(([whole]) => whole).join('') !== list) throw new Error(`Not labels: ${line}`);
  const labels = found.map(([, label = '', escaped = '']) => [
    label,
    escaped.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character)),
  ]);
  return { name, labels: Object.fromEntries(labels), value: toNumber(value) };
}

const toNumber = (value: string): number => Number(value.replace(/^([+-]?)Inf$/, '$1Infinity'));
