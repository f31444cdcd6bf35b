declare module 'better-queue-memory' {
  import type BetterQueue from 'better-queue';

  /** better-queue's own store, which it would otherwise look for by a name that no bundler follows. */
  const MemoryStore: new () => BetterQueue.Store<unknown>;
  export = MemoryStore;
}
