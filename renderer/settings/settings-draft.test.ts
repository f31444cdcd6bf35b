import { describe, expect, it } from 'vitest';
import { verbatim } from '../../shared/messages/message.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings/settings.ts';
import { textOf } from '../../tests/text-of.ts';
import { SETTING_FIELDS } from './setting-fields.ts';
import { changesOf, corrected, draftOf, errorsOfRefusal } from './settings-draft.ts';

const draft = draftOf(DEFAULT_SETTINGS);
const changed = (values: Partial<typeof draft>) => changesOf({ ...draft, ...values }, DEFAULT_SETTINGS);

describe('the settings dialog', () => {
  it('has a field for every setting and part of one, except rules, watchlists, channels, mutes and the pause', () => {
    const without = ['rules', 'watchlists', 'channels', 'mutes', 'pause'];
    const names = Object.entries(DEFAULT_SETTINGS).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.keys(value).map((part) => `${name}.${part}`)
        : [name],
    );
    expect(SETTING_FIELDS.map(({ name }) => name).toSorted()).toEqual(
      names.filter((name) => !without.includes(name)).toSorted(),
    );
  });

  it('sends a changed part of a setting with its other parts, and reports an error at the part', () => {
    expect(
      changed({ 'inhibition.enabled': 'false', 'inhibition.floorPct': '1,5', 'marketAlerts.sharePct': '60' }),
    ).toEqual({
      ok: true,
      changes: {
        inhibition: { ...DEFAULT_SETTINGS.inhibition, enabled: false, floorPct: 1.5 },
        marketAlerts: { ...DEFAULT_SETTINGS.marketAlerts, sharePct: 60 },
      },
    });
    const result = changed({ 'marketAlerts.sharePct': '140', 'inhibition.score': 'high' });
    const errors = result.ok ? {} : result.errors;
    expect(Object.keys(errors).toSorted()).toEqual(['inhibition.score', 'marketAlerts.sharePct']);
    expect(textOf(errors['marketAlerts.sharePct']?.message)).toBe('must be at most 100');
    expect(textOf(errors['inhibition.score']?.message)).toBe('must be a number');
    const issues = [{ setting: 'inhibition', message: verbatim('no') }];
    expect(errorsOfRefusal({ content: verbatim('no'), issues })).toEqual({
      'inhibition.enabled': { message: verbatim('no') },
    });
  });

  it('sends only changes', () => {
    expect(changed({})).toEqual({ ok: true, changes: {} });
  });

  it('sends texts, numbers and lists with their types', () => {
    expect(changed({ vsCurrency: ' eur ', alertThresholdPct: '2,5', coins: ['bitcoin', 'solana'] })).toEqual({
      ok: true,
      changes: { vsCurrency: 'eur', alertThresholdPct: 2.5, coins: ['bitcoin', 'solana'] },
    });
  });

  it('sends an emptied optional field as null, and an emptied database as the embedded one', () => {
    const own = { ...DEFAULT_SETTINGS, pollSeconds: 30, databaseUrl: 'postgresql://db/prices' };
    const emptied = { ...draftOf(own), pollSeconds: '', databaseUrl: '' };
    expect(changesOf(emptied, own)).toEqual({ ok: true, changes: { pollSeconds: null, databaseUrl: '' } });
  });

  it('reports an invalid field before anything is sent', () => {
    const result = changed({
      alertThresholdPct: '0',
      alertWindowMinutes: '',
      coins: ['bitcoin', 'Bit coin'],
    });
    const errors = result.ok ? {} : result.errors;
    expect(textOf(errors.alertThresholdPct?.message)).toBe('must be at least 0.01');
    expect(textOf(errors.alertWindowMinutes?.message)).toBe('must be a number');
    expect(textOf(errors.coins?.message)).toContain('“Bit coin” is not a CoinGecko coin id');
  });

  it('rejects inconsistent values, with the reason at the field', () => {
    const errors = (values: Partial<typeof draft>) => {
      const result = changesOf({ ...draft, ...values }, DEFAULT_SETTINGS, ['usd', 'eur']);
      return result.ok ? {} : result.errors;
    };
    expect(textOf(errors({ vsCurrency: 'xyz' }).vsCurrency?.message)).toBe(
      'CoinGecko has no prices in this currency.',
    );
    expect(errors({ vsCurrency: 'EUR ' })).toEqual({});
    expect(textOf(errors({ quietHours: '22:00-22:00' }).quietHours?.message)).toContain(
      'must not start and end at the same time',
    );
    expect(textOf(errors({ trayCoin: 'solana' }).trayCoin?.message)).toContain('not one of the coins');
    expect(textOf(errors({ trayCoin: 'zcash', coins: ['bitcoin'] }).trayCoin?.message)).toContain('"zcash"');
    expect(errors({ trayCoin: 'solana', coins: ['solana'] })).toEqual({});
    const settings = { ...DEFAULT_SETTINGS, trayCoin: 'solana' };
    expect(changesOf({ ...draftOf(settings), alertThresholdPct: '3' }, settings)).toMatchObject({ ok: true });
  });

  it('shows an error at its fields', () => {
    const suggestion = { value: 'bitcion', meant: 'bitcoin' };
    const issues = [
      { setting: 'coins', message: verbatim('no coin'), suggestion },
      { setting: 'coins', message: verbatim('another') },
      { setting: 'vsCurrency', message: verbatim('no prices') },
    ];
    expect(errorsOfRefusal({ content: verbatim('no coin'), issues })).toEqual({
      coins: { message: verbatim('no coin'), suggestion },
      vsCurrency: { message: verbatim('no prices') },
    });
    expect(
      errorsOfRefusal({ content: verbatim('coins: needs at least one coin'), issues: [] }),
    ).toHaveProperty('coins');
    expect(errorsOfRefusal({ content: verbatim('The disk is full.'), issues: [] })).toEqual({});
  });

  it('replaces the typed id by the suggested one, once', () => {
    expect(corrected(['bitcion', 'zcash'], { value: 'bitcion', meant: 'bitcoin' })).toEqual([
      'bitcoin',
      'zcash',
    ]);
    expect(corrected(['bitcoin', 'bitcion'], { value: 'bitcion', meant: 'bitcoin' })).toEqual(['bitcoin']);
  });
});
