import { makeClusterTemplate } from './cluster-template.ts';

// biome-ignore lint/style/noDefaultExport: Vitest and Playwright load a global set-up by its default export.
export default makeClusterTemplate;
