import { z } from 'zod';
import { settingOriginSchema, settingsSchema } from '../settings/settings.ts';

/** The settings in force, where each comes from, and what waits for a restart. */
export const settingsViewSchema = z.object({
  /** `databaseUrl` is shown without its password. */
  settings: settingsSchema,
  origins: z.record(z.string(), settingOriginSchema),
  dataDir: z.string(),
  /** Names of settings that were changed and count from the next start. */
  needRestart: z.array(z.string()),
  /** Whether each secret that a page can set is set; null where the host has no place to keep secrets. */
  secrets: z.object({ coingeckoApiKey: z.boolean() }).nullable(),
  /** Whether the API key comes from a variable or its file, which win over one that is kept. */
  apiKeyInEnvironment: z.boolean(),
});
export type SettingsView = Readonly<z.infer<typeof settingsViewSchema>>;
