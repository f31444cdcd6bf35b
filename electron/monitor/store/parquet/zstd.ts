// Not a named import: older versions of Node lack zstd, and a program that never archives must start on them.
import zlib from 'node:zlib';

/**
 * How much time zstd spends: `quick` is its default level, 3. `small` is 19: polled ticks take a tenth less space, trades a twentieth, and
 * a million of them two seconds of processor time more. Reading takes the same.
 */
export type Compression = 'quick' | 'small';

const LEVELS: Readonly<Record<Compression, number>> = { quick: 3, small: 19 };

/** Compresses a page. */
export type CompressPage = (page: Uint8Array) => Uint8Array;

/**
 * Compresses pages with zstd. Each frame has a checksum of its content, so that any reader refuses damaged values. The footer,
 * page headers and definition levels have none.
 */
export function compressZstd(compression: Compression): CompressPage {
  const level = LEVELS[compression];
  return (page) =>
    zlib.zstdCompressSync(page, {
      params: { [zlib.constants.ZSTD_c_compressionLevel]: level, [zlib.constants.ZSTD_c_checksumFlag]: 1 },
    });
}
