/** A message with one full stop, or whatever else ends it, so that another sentence can follow. */
export function asSentence(message: string): string {
  const text = message.trim();
  return text === '' || /[.!?…;]$/.test(text) ? text : `${text}.`;
}
