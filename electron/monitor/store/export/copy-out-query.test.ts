import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUnframe } from './copy-out-query.ts';

function message(type: string, content: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.write(type, 'latin1');
  header.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([header, content]);
}

const content = fc.uint8Array({ maxLength: 40 });
const between = fc.tuple(fc.constantFrom('H', 'N', 'A', 'S'), content);
const data = fc.tuple(fc.constant('d'), content);
const end = fc.constantFrom(
  { sent: message('c', new Uint8Array()), rest: '' },
  {
    sent: message('E', Buffer.from('SERROR\0\0')),
    rest: message('E', Buffer.from('SERROR\0\0')).toString('hex'),
  },
);

describe('the content of a COPY', () => {
  it('is extracted from its messages at any chunk boundaries, and the rest is kept', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: data }, between), { maxLength: 20 }),
        end,
        fc.uint8Array({ maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 }),
        (messages, last, after, cuts) => {
          const sent = Buffer.concat([
            ...messages.map(([type, bytes]) => message(type, bytes)),
            last.sent,
            after,
          ]);
          const unframe = createUnframe();
          const found: Buffer[] = [];
          let rest: Buffer | null = null;
          let at = 0;
          for (let cut = 0; at < sent.length; cut += 1) {
            const piece = Buffer.from(sent.subarray(at, at + (cuts[cut % cuts.length] ?? 1)));
            at += piece.length;
            if (rest !== null) {
              rest = Buffer.concat([rest, piece]);
              continue;
            }
            const unframed = unframe(piece);
            found.push(Buffer.from(unframed.content));
            rest = unframed.rest === null ? null : Buffer.from(unframed.rest);
          }
          const expected = messages.filter(([type]) => type === 'd').map(([, bytes]) => bytes);
          expect(Buffer.concat(found)).toEqual(Buffer.concat(expected));
          expect(rest?.toString('hex')).toBe(last.rest + Buffer.from(after).toString('hex'));
        },
      ),
    );
  });
});
