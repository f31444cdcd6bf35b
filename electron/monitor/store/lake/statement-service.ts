/** The state of a statement at the service that runs it. */
export type StatementState =
  | { readonly status: 'running' | 'done' }
  /** `errorText` is the reason that the service gives. */
  | { readonly status: 'failed' | 'cancelled'; readonly errorText: string };

/** An SQL statement, or several that take effect together, in one transaction. */
export type LakeStatement = string | readonly string[];

/** A service that runs SQL statements in the background and reports their state on request. */
export type StatementService = {
  readonly name: 'Athena' | 'Redshift';
  /** @returns the service's id of the statement */
  start(sql: LakeStatement): Promise<string>;
  stateOf(id: string): Promise<StatementState>;
  cancel(id: string): Promise<void>;
  close(): void;
};
