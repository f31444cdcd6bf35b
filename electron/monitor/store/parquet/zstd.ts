import { constants, zstdCompressSync } from 'node:zlib';

/**
 * Compresses a page with zstd. Each frame has a checksum of its content, so that damaged values are refused by any reader. The
 * footer, page headers and the places of nulls have none.
 */
export function compressZstd(page: Uint8Array): Uint8Array {
  return zstdCompressSync(page, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}
