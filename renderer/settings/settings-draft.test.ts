import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import { SETTING_FIELDS } from './setting-fields.ts';
import { changesOf, draftOf, settingNamed } from './settings-draft.ts';

const draft = draftOf(DEFAULT_SETTINGS);
const changed = (values: Partial<typeof draft>) => changesOf({ ...draft, ...values }, DEFAULT_SETTINGS);

describe('the settings dialog', () => {
  it('has a field for every setting', () => {
    expect(SETTING_FIELDS.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(DEFAULT_SETTINGS).toSorted(),
    );
  });

  it('sends nothing that was left alone', () => {
    expect(changed({})).toEqual({ ok: true, changes: {} });
  });

  it('sends texts, numbers and lists as what they are', () => {
    expect(changed({ vsCurrency: ' eur ', alertThresholdPct: '2,5', coins: ['bitcoin', 'solana'] })).toEqual({
      ok: true,
      changes: { vsCurrency: 'eur', alertThresholdPct: 2.5, coins: ['bitcoin', 'solana'] },
    });
  });

  it('sends an emptied optional field as nothing, and an emptied database as the embedded one', () => {
    const own = { ...DEFAULT_SETTINGS, pollSeconds: 30, databaseUrl: 'postgresql://db/prices' };
    const emptied = { ...draftOf(own), pollSeconds: '', databaseUrl: '' };
    expect(changesOf(emptied, own)).toEqual({ ok: true, changes: { pollSeconds: null, databaseUrl: '' } });
  });

  it('tells at the field what is wrong with it, before anything is sent', () => {
    const result = changed({
      alertThresholdPct: '0',
      alertWindowMinutes: '',
      coins: ['bitcoin', 'Bit coin'],
    });
    expect(result).toMatchObject({
      ok: false,
      errors: { alertThresholdPct: 'must be above 0', alertWindowMinutes: 'must be a number' },
    });
    expect(result.ok ? '' : result.errors.coins).toContain('“Bit coin” is not a CoinGecko coin id');
  });

  it('finds the field that a refusal names', () => {
    expect(settingNamed('coins: CoinGecko does not know "bitcoinn".')).toBe('coins');
    expect(settingNamed('The disk is full.')).toBeUndefined();
  });
});
