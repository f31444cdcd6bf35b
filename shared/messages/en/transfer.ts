/** Data that is taken out. */
export const transferTexts = {
  'export.terminal': () =>
    'Parquet is not for a terminal. Name a file with --out, or pass it on to another program.',
};
