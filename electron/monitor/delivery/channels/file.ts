import { resolve } from 'node:path';
import { z } from 'zod';
import { optionText } from '../../../../shared/messages/option-text.ts';
import { channelKind } from '../channel-kind.ts';
import { ALERTS_FILE_LIMITS, alertsFileChannel } from './alerts-file/alerts-file.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * A file like alerts.txt, which the program rotates. A channel of this kind with the id `alerts-file` replaces the default
 * alerts.txt.
 */
export const file = channelKind({
  kind: 'file',
  options: z.strictObject({
    path: z.string().min(1).default('alerts.txt').describe(optionText('option.file-path')),
    maxBytes: z.number().int().min(1_000).default(10_000_000).describe(optionText('option.rotated-from')),
    maxAgeDays: z.number().positive().optional().describe(optionText('option.rotated-after')),
    keep: z.number().int().min(1).max(1_000).default(5).describe(optionText('option.rotated-kept')),
  }),
  limits: ALERTS_FILE_LIMITS,
  open({ path, maxBytes, maxAgeDays, keep }, { clock, dataDir }) {
    const maxAgeMs = maxAgeDays === undefined ? Number.POSITIVE_INFINITY : maxAgeDays * DAY_MS;
    return alertsFileChannel(resolve(dataDir, path), {
      rotation: { maxBytes, maxAgeMs, keep, now: clock.now },
    });
  },
});
