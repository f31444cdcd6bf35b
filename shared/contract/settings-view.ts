import { z } from 'zod';
import { settingOriginSchema, settingsSchema } from '../settings/settings.ts';

/** The settings in force, the origin of each, and those that take effect after a restart. */
export const settingsViewSchema = z.object({
  /** `databaseUrl` has no password. */
  settings: settingsSchema,
  origins: z.record(z.string(), settingOriginSchema),
  dataDir: z.string(),
  /** Names of changed settings that take effect at the next start. */
  needRestart: z.array(z.string()),
  /** Whether each secret that a page can set is set; null when the host cannot store secrets. */
  secrets: z.object({ coingeckoApiKey: z.boolean() }).nullable(),
  /** Whether the API key comes from an environment variable or its file, which take precedence over a stored one. */
  apiKeyInEnvironment: z.boolean(),
});
export type SettingsView = Readonly<z.infer<typeof settingsViewSchema>>;
