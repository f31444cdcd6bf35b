import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Direction } from '../../../../shared/domain/alert.ts';
import { message } from '../../../../shared/messages/message.ts';
import { optionText } from '../../../../shared/messages/option-text.ts';
import { channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import { players, speakers } from '../speech/programs.ts';
import { runSpeechProgram } from '../speech/run-speech-program.ts';
import { SOUNDS, type Sound, wavOf } from '../speech/sounds.ts';
import { spokenText } from '../speech/spoken-text.ts';

/**
 * A sound and a voice on this machine, by the system's programs: these work without a page, e.g. on a server with loudspeakers.
 * The channel's route decides which rules are spoken; several channels of this kind can have different sounds.
 */
export const speech = channelKind({
  kind: 'speech',
  isForPeople: true,
  options: z.strictObject({
    up: z.enum(SOUNDS).default('rising').describe(optionText('option.sound-up')),
    down: z.enum(SOUNDS).default('falling').describe(optionText('option.sound-down')),
    other: z.enum(SOUNDS).default('bell').describe(optionText('option.sound-other')),
  }),
  // An alert that is spoken much later would be mistaken for a new one.
  limits: { batch: 20, gatherMs: 2_000, maxAgeMs: 5 * 60_000, timeoutMs: 60_000 },
  open({ up, down, other }, { dataDir }) {
    const { platform } = process;
    const soundOf = (direction: Direction | null = null) =>
      direction === null ? other : { up, down }[direction];
    return {
      async deliver(alerts, signal) {
        const sound = soundOf(alerts[0]?.direction);
        if (sound !== 'none') await play(sound, dataDir, platform, signal);
        await speak(spokenText(alerts), platform, signal);
      },
    };
  },
});

/** A sound that cannot be played is left out: the spoken text contains the same information, and more. */
async function play(
  sound: Sound,
  dataDir: string,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(dataDir, 'sounds');
  const path = join(folder, `${sound}.wav`);
  await mkdir(folder, { recursive: true });
  await writeFile(path, wavOf(sound));
  for (const program of players(platform, path)) {
    const { code } = await runSpeechProgram(program, '', signal);
    if (code === 0 || signal.aborted) return;
  }
}

async function speak(spoken: string, platform: NodeJS.Platform, signal: AbortSignal): Promise<void> {
  const programs = speakers(platform);
  let failure: DeliveryError | null = null;
  for (const program of programs) {
    const { isMissing, code, output } = await runSpeechProgram(program, spoken, signal);
    if (code === 0) return;
    if (isMissing) continue;
    const reason = output === '' ? String(code) : output;
    failure = new DeliveryError(
      'unreachable',
      message('speech.failed', { program: program.command, reason }),
    );
  }
  const names = programs.map(({ command }) => command);
  throw failure ?? new DeliveryError('unreachable', message('speech.no-program', { programs: names }));
}
