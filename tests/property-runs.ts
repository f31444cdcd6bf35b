/**
 * How often a property is tried that takes long: as often as is usual, times `PROPERTY_RUNS`. `PROPERTY_RUNS=20 npm run test:unit`
 * looks for what the usual number has not found.
 */
export const runs = (usual: number): { readonly numRuns: number } => ({
  numRuns: Math.ceil(usual * Number(process.env.PROPERTY_RUNS ?? 1)),
});
