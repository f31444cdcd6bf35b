import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { coinIdSchema } from '../domain/coin-id.ts';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';

const MAX_MUTES = 200;

/** The alerts that a mute applies to: those that match every given part. */
const subjectShape = {
  coin: coinIdSchema.optional(),
  /** Id of a rule. */
  rule: z.string().min(1).max(100).optional(),
  /** Id of a channel. Without it, all channels that people read. */
  channel: z.string().min(1).max(100).optional(),
};

const namesSomething = ({ coin, rule, channel }: MuteSubject): boolean =>
  coin !== undefined || rule !== undefined || channel !== undefined;

export const muteSubjectSchema = z
  .strictObject(subjectShape)
  .refine(namesSomething, says(message('value.empty')));
export type MuteSubject = Readonly<Partial<Record<'coin' | 'rule' | 'channel', string | undefined>>>;

export const muteSchema = z
  .strictObject({
    ...subjectShape,
    /** An ISO 8601 time; null for a mute that lasts until it is removed. */
    until: z.iso.datetime({ offset: true }).nullable().default(null),
  })
  .refine(namesSomething, says(message('value.empty')));
export type Mute = Readonly<z.infer<typeof muteSchema>>;

export const mutesSchema = z.array(muteSchema).max(MAX_MUTES);

/** The mutes that have not expired at an instant. */
export function mutesInForce(mutes: readonly Mute[], now: number): readonly Mute[] {
  return mutes.filter(({ until }) => until === null || Date.parse(until) > now);
}

/** Returns the mutes with one added, which replaces that of the same subject, and without expired ones. */
export function withMute(mutes: readonly Mute[], mute: Mute, now: number): Mute[] {
  return [...withoutMute(mutes, mute, now), mute];
}

/** Returns the mutes without that of a subject, and without expired ones. */
export function withoutMute(mutes: readonly Mute[], subject: MuteSubject, now: number): Mute[] {
  return mutesInForce(mutes, now).filter((mute) => !isAbout([mute], subject));
}

/** Whether one of the mutes, expired or not, has exactly this subject. */
export function isAbout(mutes: readonly Mute[], subject: MuteSubject): boolean {
  return mutes.some(
    ({ coin, rule, channel }) =>
      coin === subject.coin && rule === subject.rule && channel === subject.channel,
  );
}

/** Whether mutes that are in force mute an alert on a channel. */
export function isMuted(
  mutes: readonly Mute[],
  { coinId, rule }: Pick<Alert, 'coinId' | 'rule'>,
  channel: { readonly id: string; readonly isForPeople?: boolean },
): boolean {
  return mutes.some(
    (mute) =>
      (mute.coin === undefined || mute.coin === coinId) &&
      (mute.rule === undefined || mute.rule === rule) &&
      (mute.channel === undefined ? channel.isForPeople === true : mute.channel === channel.id),
  );
}
