/** Ends a text with a full stop, unless it has a final punctuation mark, so that another sentence can follow. */
export function asSentence(message: string): string {
  const text = message.trim();
  return text === '' || /[.!?…;]$/.test(text) ? text : `${text}.`;
}
