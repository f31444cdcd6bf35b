import { z } from 'zod';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';

const RULE_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** The id of a rule. */
export const ruleIdSchema = z.string().refine((id) => RULE_ID.test(id), says(message('value.not-a-rule-id')));
