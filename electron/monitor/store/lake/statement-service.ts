/** How a statement stands with the service that runs it. */
export type StatementState =
  | { readonly status: 'running' | 'done' }
  /** With the reason of the service. */
  | { readonly status: 'failed' | 'cancelled'; readonly said: string };

/** A service that runs statements of SQL one at a time, and is asked how they stand. */
export type StatementService = {
  readonly name: 'Athena' | 'Redshift';
  /** @returns the id under which the service knows the statement */
  start(sql: string): Promise<string>;
  stateOf(id: string): Promise<StatementState>;
  cancel(id: string): Promise<void>;
  close(): void;
};
