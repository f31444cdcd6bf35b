import type { SchemaElement } from 'hyparquet';

/**
 * A column of a Parquet file. A `timestamp` is a number of milliseconds since the epoch, with fractions to the microsecond; in
 * the file it is `TIMESTAMP(MICROS, isAdjustedToUTC)`, which every reader treats as an instant.
 */
export type ParquetColumn = {
  readonly name: string;
  readonly type: 'timestamp' | 'double' | 'integer' | 'text';
  readonly nullable?: boolean;
};

export type ParquetSchema = readonly ParquetColumn[];

export type ParquetValue = number | string | null;

/** A row of a schema: the value of each column by name. */
export type ParquetRow<S extends ParquetSchema> = {
  readonly [C in S[number] as C['name']]:
    | (C['type'] extends 'text' ? string : number)
    | (C extends { readonly nullable: true } ? null : never);
};

/** Ticks of one series; `amount` is the traded amount, in units of the coin. */
export const TICK_SCHEMA = [
  { name: 'observed_at', type: 'timestamp' },
  { name: 'price', type: 'double' },
  { name: 'volume_24h', type: 'double', nullable: true },
  { name: 'market_cap', type: 'double', nullable: true },
  { name: 'amount', type: 'double', nullable: true },
] as const satisfies ParquetSchema;

/** Candles of one series, as in the database: with the times of the first and the last tick that contribute prices. */
export const CANDLE_SCHEMA = [
  { name: 'bucket', type: 'timestamp' },
  { name: 'open', type: 'double' },
  { name: 'open_at', type: 'timestamp' },
  { name: 'high', type: 'double' },
  { name: 'low', type: 'double' },
  { name: 'close', type: 'double' },
  { name: 'close_at', type: 'timestamp' },
  { name: 'tick_count', type: 'integer' },
  { name: 'volume_24h', type: 'double', nullable: true },
  { name: 'traded', type: 'double', nullable: true },
] as const satisfies ParquetSchema;

/** The schema elements for the footer: a root and its columns. Source: parquet-format, LogicalTypes.md. */
export function schemaElements(schema: ParquetSchema): SchemaElement[] {
  return [{ name: 'root', num_children: schema.length }, ...schema.map(elementOf)];
}

/** The same without logical types. */
export function physicalElements(schema: ParquetSchema): SchemaElement[] {
  return schemaElements(schema).map((element) => {
    if (element.type !== 'INT64') return element;
    const { logical_type, converted_type, ...physical } = element;
    return physical;
  });
}

function elementOf({ name, type, nullable }: ParquetColumn): SchemaElement {
  const element = { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' } as const;
  switch (type) {
    case 'timestamp':
      return {
        ...element,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      };
    case 'double':
      return { ...element, type: 'DOUBLE' };
    case 'integer':
      return { ...element, type: 'INT32' };
    case 'text':
      return { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
  }
}
