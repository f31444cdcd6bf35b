import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { type Catalogue, type Message, mapTexts, message, messageSchema, text, verbatim } from './message.ts';
import { MessageError, messageOf } from './message-error.ts';

const movingAverage = message('alert.moving-average', { thresholdPct: 2, windowMinutes: 5 });

describe('a message', () => {
  it('is rendered from its code and parameters', () => {
    expect(text(movingAverage)).toBe('price changed by more than 2% from the 5-min average');
  });

  it('can contain other messages, whose texts become part of its own', () => {
    const both = message('sentences', { of: [movingAverage, message('verbatim', { text: 'Basta.' })] });
    expect(text(both)).toBe('price changed by more than 2% from the 5-min average Basta.');
  });

  it('is rendered in another language, including nested messages', () => {
    const de: Catalogue = {
      ...en,
      'alert.moving-average': ({ thresholdPct }) => `Preis um mehr als ${thresholdPct} % verändert`,
    };
    expect(text(message('sentences', { of: [movingAverage] }), de)).toBe('Preis um mehr als 2 % verändert');
  });

  it('can have its parameters replaced at any depth', () => {
    const sent = message('sentences', { of: [verbatim('key hush'), movingAverage] });
    const replaced = mapTexts(sent, (words) => words.replaceAll('hush', '***'));
    expect(replaced).toEqual(message('sentences', { of: [verbatim('key ***'), movingAverage] }));
  });

  it('can be transferred as JSON', () => {
    const sent = message('sentences', { of: [movingAverage] });
    expect(messageSchema.parse(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
    for (const wrong of [
      'text',
      null,
      { code: 'verbatim' },
      { code: 'verbatim', params: { text: { a: 1 } } },
    ]) {
      expect(messageSchema.safeParse(wrong).success).toBe(false);
    }
  });

  it('of a newer program, or with parameters of another version, is rendered as its code', () => {
    expect(text(messageSchema.parse({ code: 'problem.of-tomorrow', params: { lasts: [1, 'x'] } }))).toBe(
      'problem.of-tomorrow',
    );
    expect(text(messageSchema.parse({ code: 'sentences', params: {} }))).toBe('sentences');
    expect(text(messageSchema.parse({ code: 'toString', params: {} }))).toBe('toString');
  });

  it('does not compile with a wrong code, parameter, or text', () => {
    // @ts-expect-error there is no such code
    message('alert.unheard-of', { thresholdPct: 2 });
    // @ts-expect-error a parameter is missing
    message('alert.moving-average', { thresholdPct: 2 });
    // @ts-expect-error a parameter has another type
    message('alert.moving-average', { thresholdPct: '2', windowMinutes: 5 });
    // @ts-expect-error no such parameter
    message('alert.moving-average', { thresholdPct: 2, windowMinutes: 5, severity: 'high' });
    // @ts-expect-error only message() makes a message, and it checks the parameters
    const mixed: Message = { code: 'verbatim', params: { thresholdPct: 2, windowMinutes: 5 } };
    // @ts-expect-error a nested message is passed as a message, not as text
    message('sentences', { of: ['Basta.'] });
    // @ts-expect-error a translation has every text
    const incomplete: Catalogue = { verbatim: ({ text: words }) => words };
    expect([mixed, incomplete]).toHaveLength(2);
  });
});

describe('the catalogue', () => {
  it('has each code in only one of its parts', async () => {
    const folder = new URL('./en/', import.meta.url);
    const files = readdirSync(folder).map((name) => import(new URL(name, folder).href));
    const parts = (await Promise.all(files)).flatMap((part: Record<string, object>) => Object.values(part));
    const codes = parts.flatMap((texts) => Object.keys(texts));
    expect(codes.toSorted()).toEqual(Object.keys(en).toSorted());
  });
});

describe('an error', () => {
  it('keeps its message for the page and its English text for the log', () => {
    const error = new MessageError(movingAverage);
    expect(error.message).toBe(text(movingAverage));
    expect(messageOf(error)).toEqual(movingAverage);
  });

  it('from outside is passed on verbatim', () => {
    expect(text(messageOf(new Error('ECONNRESET')))).toBe('ECONNRESET');
    expect(text(messageOf('plain'))).toBe('plain');
  });
});
