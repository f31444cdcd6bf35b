/** Data that is taken out. */
export const transferTexts = {
  'export.archived': (p: { months: number; archives: readonly string[] }) =>
    `${p.months} ${p.months === 1 ? 'month is' : 'months are'} read from the archive ${p.archives.join(', ')}.`,
  'export.terminal': () =>
    'Parquet is not for a terminal. Name a file with --out, or pass it on to another program.',
};
