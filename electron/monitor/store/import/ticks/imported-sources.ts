/** The sources that an input names, with a number for each. */
export type ImportedSources = {
  /** The number of a source, in the order in which they are met. */
  numberOf(name: string): number;
  /** Notes that the input has a tick of the first just before one of the second, at the same time. */
  noteOrder(first: number, second: number): void;
  /** By their numbers. */
  names(): readonly string[];
  /** The names in an order in which none stands behind one that it was seen before. */
  inOrder(): readonly string[];
};

/**
 * Ticks of one time are exported in the order in which their series were made. When they are imported into another database, making
 * them in that order makes the next export equal to the first.
 */
export function createImportedSources(): ImportedSources {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const before = new Set<string>();
  return {
    numberOf(name) {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, names.length);
      names.push(name);
      return names.length - 1;
    },
    noteOrder(first, second) {
      if (first !== second) before.add(`${first} ${second}`);
    },
    names: () => names,
    inOrder() {
      const left = names.map((_, number) => number);
      const ordered: string[] = [];
      while (left.length > 0) {
        const next = left.findIndex((one) => !left.some((other) => before.has(`${other} ${one}`)));
        const [number = 0] = left.splice(Math.max(0, next), 1);
        ordered.push(names[number] ?? '');
      }
      return ordered;
    },
  };
}
