declare module 'kinesalite' {
  import type { Server } from 'node:http';

  /** A Kinesis on this machine, in memory or in the folder `path`. */
  const kinesalite: (options?: { readonly createStreamMs?: number; readonly path?: string }) => Server;
  export = kinesalite;
}
