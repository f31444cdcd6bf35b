import { message } from '../../../shared/messages/message.ts';
import { asSwitch } from '../settings/setting-sources.ts';
import { SettingsError } from '../settings/settings-error.ts';

/** The stream that ticks are put into. */
export type TickStreamSettings = {
  readonly region: string;
  readonly streamName: string;
  /** For an endpoint without HTTP/2 support. */
  readonly http1: boolean;
};

const ARN = /^arn:[\w-]+:kinesis:([\w-]+):\d*:stream\/([\w.-]+)$/;

/**
 * Reads `KINESIS_TICKS_STREAM_ARN` and `KINESIS_HTTP1`; null if no stream is configured.
 *
 * @throws SettingsError naming the invalid variable
 */
export function readTickStreamSettings(
  env: Readonly<Record<string, string | undefined>>,
): TickStreamSettings | null {
  const arn = env.KINESIS_TICKS_STREAM_ARN?.trim();
  if (!arn) return null;
  const [, region, streamName] = ARN.exec(arn) ?? [];
  if (region === undefined || streamName === undefined)
    throw new SettingsError(message('tick-stream.wrong-arn', { value: arn }));
  const given = env.KINESIS_HTTP1?.trim() || 'false';
  const http1 = asSwitch(given);
  if (typeof http1 !== 'boolean')
    throw new SettingsError(message('tick-stream.wrong-http1', { value: given }));
  return { region, streamName, http1 };
}
