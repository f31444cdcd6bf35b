/** Random numbers that depend only on a seed and a position, so that they are the same in any order of access. */
export type Noise = {
  /** In (0, 1). */
  uniform(level: number, index: number): number;
  /** Standard normal. */
  normal(level: number, index: number): number;
};

const TWO_TO_32 = 4_294_967_296;
const FNV_OFFSET = 0x811c9dc5;

/**
 * @param seed of the whole simulation
 * @param stream name of one use of the noise; each use has its own numbers
 */
export function createNoise(seed: string, stream: string): Noise {
  const key = hashText(stream, hashText(seed, FNV_OFFSET));
  const uniform = (level: number, index: number, salt = 0): number => {
    let hash = mix(key ^ Math.imul(level + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b));
    hash = mix(hash ^ (index | 0));
    hash = mix(hash ^ Math.floor(index / TWO_TO_32));
    return ((hash >>> 0) + 0.5) / TWO_TO_32;
  };
  return {
    uniform: (level, index) => uniform(level, index),
    // Box and Muller, 1958.
    normal: (level, index) =>
      Math.sqrt(-2 * Math.log(uniform(level, index, 1))) * Math.cos(2 * Math.PI * uniform(level, index, 2)),
  };
}

/** The finalizer of MurmurHash3 (A. Appleby, public domain): every input bit reaches every output bit. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** FNV-1a over UTF-16 units. */
function hashText(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}
