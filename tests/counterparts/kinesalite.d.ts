declare module 'kinesalite' {
  import type { Server } from 'node:http';

  /** Creates a Kinesis whose data is in memory, or in the folder `path`. */
  const kinesalite: (options?: { readonly createStreamMs?: number; readonly path?: string }) => Server;
  export = kinesalite;
}
