/**
 * The number of runs of a slow property: the usual number, multiplied by `PROPERTY_RUNS`. `PROPERTY_RUNS=20 npm run test:unit` searches
 * for failures that the usual number of runs does not find.
 */
export const runs = (usual: number): { readonly numRuns: number } => ({
  numRuns: Math.ceil(usual * Number(process.env.PROPERTY_RUNS ?? 1)),
});
