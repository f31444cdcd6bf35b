import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChannelSetting } from '../shared/settings/channel-setting.ts';
import { type Settings, settingsSchema } from '../shared/settings/settings.ts';

const partSchema = settingsSchema.partial();

/** Every JSON example of `docs/channels.md`. */
export function documentedExamples(): readonly Readonly<Record<string, unknown>>[] {
  const page = readFileSync(join(import.meta.dirname, '../docs/channels.md'), 'utf8');
  return [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = '']) => JSON.parse(json));
}

/** The examples of settings: all but the example of an envelope. Throws if one is not a valid settings.json. */
export function documentedSettings(): readonly Partial<Settings>[] {
  return documentedExamples()
    .filter((example) => !('specversion' in example))
    .map((example) => partSchema.parse(example) as Partial<Settings>);
}

/** The channels in all examples. A test checks that every kind has one. */
export function documentedChannels(): readonly ChannelSetting[] {
  return documentedSettings().flatMap(({ channels = [] }) => channels);
}

/** The first example of a kind, or the one with this id. */
export function documentedChannel(kind: string, id?: string): ChannelSetting {
  const found = documentedChannels().find((each) => each.kind === kind && (id ?? each.id) === each.id);
  if (found === undefined) throw new Error(`docs/channels.md has no example of the kind ${kind}.`);
  return found;
}

/** The options of an example. Tests with a real counterpart change only the addresses. */
export const documentedOptions = (kind: string, id?: string): Readonly<Record<string, unknown>> =>
  documentedChannel(kind, id).options;

/** A secret in the form that the kind requires. */
export function exampleSecret({ kind }: Pick<ChannelSetting, 'kind'>, option: string): string {
  if (option === 'url') return kind === 'rabbitmq' ? 'amqps://me:planted@host/' : 'https://example.com/hook';
  if (kind === 'telegram') return '123:planted';
  return 'k'.repeat(kind === 'pagerduty' ? 32 : 30);
}
