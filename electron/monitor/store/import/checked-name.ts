import { coinIdSchema } from '../../../../shared/domain/coin-id.ts';
import { SOURCES } from '../../../../shared/domain/source.ts';
import { faultOfIssue } from '../../../../shared/messages/fault-of-issue.ts';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { IMPORT_SOURCE, type ImportOptions } from './import-options.ts';

/** The names under which rows are stored. */
export type ImportName = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly source: string;
  /** Whether the source was given by the user. */
  readonly isSourceGiven: boolean;
};

const NAME = /^[^\s\p{Cc}][^\p{Cc}]{0,99}$/u;

/** @throws MessageError for an invalid coin id, or for a source name that the program itself uses */
export function checkedName(options: Pick<ImportOptions, 'coinId' | 'vsCurrency' | 'source'>): ImportName {
  const coin = coinIdSchema.safeParse(options.coinId);
  if (!coin.success) {
    const [issue] = coin.error.issues;
    const fault = issue === undefined ? message('value.not-a-coin-id') : faultOfIssue(issue);
    throw new MessageError(message('import.no-coin', { given: options.coinId, fault }));
  }
  const source = options.source ?? IMPORT_SOURCE;
  if ((SOURCES as readonly string[]).includes(source))
    throw new MessageError(message('import.own-source', { source, instead: `${source}-files` }));
  if (!NAME.test(source)) throw new MessageError(message('import.bad-source'));
  return {
    coinId: coin.data,
    vsCurrency: options.vsCurrency.trim().toLowerCase(),
    source,
    isSourceGiven: options.source !== undefined,
  };
}
