import type { Message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
/**
 * The database cannot be used until something is changed there or in the settings. The message says what is
 * wrong and what to do. The program retries slowly.
 */
export class RefusedDatabase extends MessageError {
  constructor(content: Message, options?: ErrorOptions) {
    super(content, options);
    this.name = 'RefusedDatabase';
  }
}
