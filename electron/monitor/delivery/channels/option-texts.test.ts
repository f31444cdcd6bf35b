import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { faultOfIssue } from '../../../../shared/messages/fault-of-issue.ts';
import { text } from '../../../../shared/messages/message.ts';
import { optionMessage } from '../../../../shared/messages/option-text.ts';
import { pushover } from './presets/pushover.ts';
import { CHANNEL_KINDS } from './registry.ts';

type Properties = Readonly<
  Record<string, { readonly description?: string; readonly examples?: readonly unknown[] }>
>;
const propertiesOf = (options: z.ZodType): Properties =>
  z.toJSONSchema(options, { io: 'input' }).properties as Properties;

/** One of them is wrong for any option. */
const WRONG: readonly unknown[] = ['', ' ', '?#', '#', 'x', 0, -1, 1e9, true, null, [], [''], ['?'], {}];

describe('the options of channels', () => {
  it.each(CHANNEL_KINDS)('of $kind have descriptions and errors that are message codes', ({ options }) => {
    for (const [name, { description }] of Object.entries(propertiesOf(options))) {
      if (description !== undefined) expect(optionMessage(description), description).not.toBeNull();
      const faults = WRONG.flatMap((value) => options.safeParse({ [name]: value }).error?.issues ?? [])
        .filter(({ path }) => path[0] === name)
        .map(faultOfIssue);
      expect(faults, name).not.toEqual([]);
      expect(faults.filter(({ code }) => code === 'verbatim').map((fault) => [name, text(fault)])).toEqual(
        [],
      );
    }
  });

  it.each(CHANNEL_KINDS)('of $kind have a description or an example where one is required', (kind) => {
    const { properties, required = [] } = z.toJSONSchema(kind.options, { io: 'input' });
    const secrets = new Set<string>(kind.secrets);
    for (const name of required.filter((each) => !secrets.has(each))) {
      const { description, examples } = (properties as Properties)[name] ?? {};
      expect(description ?? examples?.[0], name).toEqual(expect.stringMatching(/./));
    }
  });

  it('describe the expected value if the given one is too short, instead of reporting it as empty', () => {
    const issues = pushover.options.safeParse({ token: 'a', user: 'b' }).error?.issues ?? [];
    expect(issues.map(faultOfIssue).map((fault) => text(fault))).toEqual([
      'is not the token of an application',
      'is not the key of a user or a group',
    ]);
  });
});
