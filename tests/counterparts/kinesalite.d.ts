declare module 'kinesalite' {
  import type { Server } from 'node:http';

  /** A Kinesis on this machine, in memory. */
  const kinesalite: (options?: { readonly createStreamMs?: number }) => Server;
  export = kinesalite;
}
