import { describe, expect, it } from 'vitest';
import { text } from '../messages/message.ts';
import { isArchivePlace, parseArchiveUrl } from './archive-url.ts';

describe('the URL of an archive', () => {
  it.each([
    ['/srv/archive', { kind: 'folder', folder: '/srv/archive' }],
    ['C:\\archive', { kind: 'folder', folder: 'C:\\archive' }],
    ['file:///srv/my%20archive', { kind: 'folder', folder: '/srv/my archive' }],
    ['s3://prices', { kind: 's3', bucket: 'prices', prefix: '', options: {} }],
    [
      's3://prices/a/b/?region=eu-central-1&sse=aws:kms',
      { kind: 's3', bucket: 'prices', prefix: 'a/b/', options: { region: 'eu-central-1', sse: 'aws:kms' } },
    ],
    [
      'webhdfs://nn:9870/prices?user.name=me',
      { kind: 'webhdfs', origin: 'http://nn:9870', folder: '/prices', user: 'me' },
    ],
    ['swebhdfs://nn:9871/', { kind: 'webhdfs', origin: 'https://nn:9871', folder: '', user: null }],
  ])('%s is parsed', (url, place) => {
    expect(parseArchiveUrl(url)).toEqual(place);
  });

  it.each([
    ['archive', 'must be an absolute folder'],
    ['ftp://host/archive', 'must be an absolute folder'],
    ['s3:///prefix', 'names no bucket'],
    ['s3://key:secret@prices/a', 'must not contain a password'],
    ['webhdfs://nn:9870/a?delegation=KAAK', 'must not contain a password'],
    ['s3://prices/a?endpoint=http://key:hush@ceph.local', 'must not contain a password'],
    ['s3://prices/a?endpoint=http://ceph.local/%3Ftoken=hush', 'must not contain a password'],
    ['s3://prices/a?regio=eu', 'has the option "regio", which is not one of endpoint, region'],
    ['s3://prices/a?endpoint=ceph.local', 'has an endpoint that is not an http:// or https:// URL'],
    ['s3://prices/a?sse=rot13', 'has an sse that is not one of'],
  ])('%s is rejected', (url, said) => {
    const parsed = parseArchiveUrl(url);
    expect(isArchivePlace(parsed) ? '' : text(parsed)).toContain(said);
  });
});
