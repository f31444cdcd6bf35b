import { describe, expect, it } from 'vitest';
import type { ChannelView } from '../../shared/contract/channel-view.ts';
import { text } from '../../shared/messages/message.ts';
import { draftOf, idFault, optionFields, saveOf, shownSetting } from './channel-draft.ts';

const KINDS = [
  {
    kind: 'chat',
    options: {
      properties: { server: { type: 'string' }, token: { type: 'string' }, topic: { type: 'string' } },
      required: ['server', 'token'],
    },
    secrets: ['token', 'topic'],
  },
];
const fields = optionFields(KINDS, 'chat');

const channel: ChannelView = {
  id: 'team',
  kind: 'chat',
  enabled: true,
  state: null,
  dead: 0,
  problem: null,
  setting: {
    id: 'team',
    kind: 'chat',
    enabled: true,
    options: { server: 'https://example.com' },
    route: { severity: 'warning', rules: ['rsi'], watchlist: 'majors' },
    sendResolved: true,
    digestMinutes: 5,
  },
  secrets: { token: 'kept' },
};

describe('the form of a channel', () => {
  it('saves unchanged values unchanged, without its secrets', () => {
    expect(saveOf(draftOf(channel, KINDS), fields)).toEqual({
      ok: true,
      input: { channel: channel.setting, secrets: {} },
    });
  });

  it('has shown the saved setting, including options without a field, which saving removes', () => {
    expect(shownSetting(channel, KINDS)).toEqual(channel.setting);
    const options = { server: 'https://example.com', unknown: 'x' };
    const odd = { ...channel, setting: channel.setting && { ...channel.setting, options } };
    expect(shownSetting(odd, KINDS)?.options).toEqual(options);
    const saved = saveOf(draftOf(odd, KINDS), fields);
    expect(saved.ok && saved.input.channel.options).toEqual({ server: 'https://example.com' });
    expect(shownSetting({ ...channel, setting: null }, KINDS)).toBeUndefined();
  });

  it('has a watchlist in its route only if one is chosen', () => {
    const routeOf = (watchlist: string) => {
      const result = saveOf({ ...draftOf(channel, KINDS), watchlist }, fields);
      return result.ok ? result.input.channel.route : result.errors;
    };
    expect(routeOf('')).toEqual({ severity: 'warning', rules: ['rsi'] });
    expect(routeOf('minors')).toEqual({ severity: 'warning', rules: ['rsi'], watchlist: 'minors' });
  });

  it('sends an entered secret, and deletes another', () => {
    const draft = draftOf(channel, KINDS);
    const options = { ...draft.options, token: ' planted ' };
    expect(saveOf({ ...draft, options, forgotten: ['token', 'topic'] }, fields)).toMatchObject({
      input: { secrets: { token: 'planted', topic: null } },
    });
  });

  it('reports invalid fields', () => {
    const result = saveOf({ ...draftOf(channel, KINDS), id: 'Team!', digest: 'often' }, fields);
    expect(result.ok).toBe(false);
    const errors = result.ok ? {} : result.errors;
    expect(Object.keys(errors)).toEqual(['id', 'digestMinutes']);
    expect(errors.id && text(errors.id)).toContain('lower-case name');
    expect(errors.digestMinutes && text(errors.digestMinutes)).toContain('number');
  });

  it('reports every empty required option, but no secret, and none for a disabled channel', () => {
    const draft = { ...draftOf(null, KINDS), kind: 'chat', id: 'chat', options: { server: ' ' } };
    const result = saveOf(draft, fields);
    expect(result.ok ? {} : Object.keys(result.errors)).toEqual(['options.server']);
    expect(saveOf({ ...draft, enabled: false }, fields).ok).toBe(true);
  });

  it('reports an invalid name while it is typed, and not before', () => {
    const words = (typed: string) => {
      const fault = idFault(typed, ['alerts-file', 'team']);
      return fault === null ? null : text(fault);
    };
    expect(['', ' ', 't', 'te-2', ' ops '].map(words)).toEqual([null, null, null, null, null]);
    expect(words('Team')).toContain('lower-case name');
    expect(words('2nd')).toContain('lower-case name');
    expect(words('team')).toContain('team');
    expect(words('a'.repeat(41))).toContain('lower-case name');
  });
});
