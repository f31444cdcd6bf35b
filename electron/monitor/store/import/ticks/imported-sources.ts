/** The sources in an input, with a number for each. */
export type ImportedSources = {
  /** The number of a source, in the order of first use. */
  numberOf(name: string): number;
  /** Notes that the input has a tick of the first source directly before one of the second, with the same time. */
  noteOrder(first: number, second: number): void;
  /** All names, indexed by number. */
  names(): readonly string[];
  /** The names in an order that is consistent with all noted ones. */
  inOrder(): readonly string[];
};

/**
 * Ticks with equal times are exported in the order in which their series were created. Creating the series in that order during
 * an import makes an export of the other database equal to the imported one.
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
