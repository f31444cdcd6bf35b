/**
 * A colour mixed in equal parts with its background. Unlike a transparent colour, it covers what is below it.
 *
 * @returns the unchanged colour if one of the two is not in the form `#rrggbb`, such as a system colour in forced-colors mode
 */
export function faded(color: string, ground: string): string {
  const [one, other] = [channels(color), channels(ground)];
  if (one === null || other === null) return color;
  const mixed = one.map((value, index) => Math.round((value + (other[index] ?? value)) / 2));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function channels(color: string): readonly number[] | null {
  const digits = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  return digits === undefined ? null : [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}
