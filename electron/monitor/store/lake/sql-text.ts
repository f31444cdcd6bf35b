/** A text as a literal of SQL, in which quotes are doubled. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as DuckDB, Redshift and the views of Athena quote it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A name as the DDL of Athena, which is that of Hive, quotes it. */
export const hiveIdentifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
