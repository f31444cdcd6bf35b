declare module 'better-queue-memory' {
  import type BetterQueue from 'better-queue';

  /**
   * better-queue's default store. It is imported here because better-queue requires it by a dynamic name that bundlers cannot
   * resolve.
   */
  const MemoryStore: new () => BetterQueue.Store<unknown>;
  export = MemoryStore;
}
