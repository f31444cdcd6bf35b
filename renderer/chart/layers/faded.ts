/**
 * A colour half-way to the ground that it is painted on. It covers what lies below, which a transparent colour
 * would not.
 *
 * @returns the colour itself where one of the two is not written as `#rrggbb`: colours of the user's own choice are not mixed
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
