/** Quotes a string as an SQL literal; quotes are doubled. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Quotes a name for DuckDB, Redshift and views in Athena. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Quotes a name for Athena's DDL, which is that of Hive. */
export const hiveIdentifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
