import { type MessageCode, message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';

/** How a Parquet file is damaged. The message is part of one that names the file. */
export const damaged = (code: Extract<MessageCode, `parquet.${string}`>): MessageError =>
  new MessageError(message(code));
