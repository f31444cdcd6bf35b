// Not a named import: older versions of Node lack zstd, and a program that never archives must start on them.
import zlib from 'node:zlib';

/**
 * Compresses a page with zstd. Each frame has a checksum of its content, so that any reader refuses damaged values. The footer,
 * page headers and definition levels have none.
 */
export function compressZstd(page: Uint8Array): Uint8Array {
  return zlib.zstdCompressSync(page, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } });
}
