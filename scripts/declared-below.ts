import { parseSync } from 'vite';

type Node = { readonly type: string; readonly start: number; readonly [key: string]: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** The nodes that a node consists of, without types and the names of properties. */
function childrenOf(node: Node): readonly Node[] {
  const isNamed = (key: string): boolean =>
    node.computed !== true &&
    ((node.type === 'MemberExpression' && key === 'property') || (node.type === 'Property' && key === 'key'));
  return Object.entries(node)
    .filter(([key]) => !isNamed(key))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
    .filter(({ type }) => !/^TS(?!AsExpression|SatisfiesExpression|NonNullExpression)/.test(type));
}

/** The identifiers of a pattern, such as `{ a, b: [c] }`. */
function boundBy(pattern: Node): readonly Node[] {
  if (pattern.type === 'Identifier') return [pattern];
  if (pattern.type === 'AssignmentPattern') return isNode(pattern.left) ? boundBy(pattern.left) : [];
  return childrenOf(pattern).flatMap(boundBy);
}

/** The constants and variables that a block itself declares. */
const declaredIn = (block: Node): readonly Node[] =>
  childrenOf(block)
    .filter(({ type }) => type === 'VariableDeclaration')
    .flatMap(childrenOf)
    .flatMap(({ id }) => (isNode(id) ? boundBy(id) : []));

const nameOf = ({ name }: Node): string => String(name);
const without = (
  names: ReadonlyMap<string, number>,
  others: readonly Node[],
): ReadonlyMap<string, number> => {
  const hidden = new Set(others.map(nameOf));
  return new Map([...names].filter(([name]) => !hidden.has(name)));
};

/** The uses of these names before the place where each is declared. */
function earlyUses(node: Node, names: ReadonlyMap<string, number>): readonly Node[] {
  if (node.type === 'Identifier') return node.start < (names.get(nameOf(node)) ?? 0) ? [node] : [];
  const params = Array.isArray(node.params) ? node.params.filter(isNode).flatMap(boundBy) : [];
  const inside = without(names, params);
  return childrenOf(node).flatMap((child) =>
    earlyUses(child, child.type === 'BlockStatement' ? without(inside, declaredIn(child)) : inside),
  );
}

/**
 * The places at which functions of a source refer to one of their own constants or variables above its declaration: `name:line` of each.
 * That is correct in an inner function that is called later, but such code cannot be read from top to bottom.
 */
export function usedBeforeDeclared(file: string, source: string): readonly string[] {
  const found = (node: Node): readonly Node[] => {
    const names = new Map(
      (node.type === 'BlockStatement' ? declaredIn(node) : []).map((each) => [nameOf(each), each.start]),
    );
    const own = names.size === 0 ? [] : childrenOf(node).flatMap((child) => earlyUses(child, names));
    return [...own, ...childrenOf(node).flatMap(found)];
  };
  const program: unknown = parseSync(file, source).program;
  return (isNode(program) ? found(program) : []).map(
    (each) => `${nameOf(each)}:${source.slice(0, each.start).split('\n').length}`,
  );
}
