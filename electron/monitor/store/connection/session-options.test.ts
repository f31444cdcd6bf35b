import { describe, expect, it } from 'vitest';
import { parseSessionOptions } from './session-options.ts';

describe('the options of a connection URL', () => {
  it.each([
    ['', []],
    ['-c search_path=prices', [['search_path', 'prices']]],
    ['-csearch_path=prices,public', [['search_path', 'prices,public']]],
    ['--search-path=prices', [['search_path', 'prices']]],
    [
      '  -c  work_mem=8MB   -c role=me ',
      [
        ['work_mem', '8MB'],
        ['role', 'me'],
      ],
    ],
    ['-c search_path=a,\\ b\\\\c', [['search_path', 'a, b\\c']]],
    ['-c my.own=a=b', [['my.own', 'a=b']]],
    ['-c empty=', [['empty', '']]],
  ])('%j are parsed as %j', (options, settings) => {
    expect(parseSessionOptions(options)).toEqual(settings);
  });

  it.each(['prices', '-c', '-c search_path', '-e', '-c a=b c'])('%j are rejected', (options) => {
    expect(() => parseSessionOptions(options)).toThrow('Write them as -c name=value');
  });
});
