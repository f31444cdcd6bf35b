export type Comparison = {
  /** The columns of the key, separated by commas. */
  readonly key: string;
  readonly values: readonly string[];
  /** One of the values that is a sum: its last bits depend on the order of addition. */
  readonly sum: string;
  /** The fault of a stored row that was not computed. */
  readonly onlyStored: string;
};

/**
 * A common table expression, `compared`, of what is wrong between the preceding ones, `computed` and `stored`: the key of a row, its
 * `fault` (`missing`, `different` or `onlyStored`), and the `columns` that differ.
 */
export function comparedRows({ key, values, sum, onlyStored }: Comparison): string {
  const isDifferent = (column: string): string =>
    column === sum
      ? `(computed.${sum} is null) <> (stored.${sum} is null)
           or abs(computed.${sum} - stored.${sum}) > 1e-9 * abs(computed.${sum})`
      : `computed.${column} is distinct from stored.${column}`;
  const differing = values.map((column) => `case when ${isDifferent(column)} then '${column}' end`);
  return `
  compared as (
    select ${key}, fault, columns
    from (
      select
        ${key},
        case
          when stored is null then 'missing'
          when computed is null then '${onlyStored}'
          else 'different'
        end as fault,
        case
          when stored is null or computed is null then '{}'
          else array_remove(array[${differing.join(', ')}], null)
        end as columns
      from computed
      full join stored using (${key})
    ) as joined
    where fault <> 'different' or cardinality(columns) > 0
  )`;
}
