import type { Nested } from './nested.ts';

/** Why alerts cannot be delivered to a channel. */
export const deliveryTexts = {
  'delivery.timeout': (p: { seconds: number }) => `There was no response within ${p.seconds} seconds.`,
  'delivery.answer': (p: { host: string; status: number; said: string }) =>
    `${p.host} responded with ${p.status}${p.said === '' ? '.' : `: ${p.said}`}`,
  'delivery.redirect': (p: { host: string; status: number }) =>
    `${p.host} responded with a redirect (${p.status}).`,
  'delivery.bad-redirect': (p: { host: string; reason: Nested }) =>
    `${p.host} redirects to an address that is not allowed: ${p.reason}`,
  'delivery.not-https': () => 'The address is not an https:// URL.',
  'delivery.unencrypted': (p: { host: string }) => `${p.host} has to be an https:// URL.`,
  'delivery.private-address': (p: { host: string }) =>
    `${p.host} is an address of a private network. Allow private addresses ("allowPrivate") for this channel if that is intended.`,
  'delivery.untrusted': (p: { reason: Nested }) => `Cannot send: ${p.reason}.`,
  'delivery.unknown-authority': (p: { host: string; reason: string }) =>
    `Cannot send: the certificate of ${p.host} is not trusted: ${p.reason}. ` +
    'Name the file of its authority in "caFile" if the server is your own.',
  'delivery.no-authority': (p: { path: string; code: string }) =>
    p.code === 'ENOENT'
      ? `There is no file ${p.path}, which "caFile" names.`
      : `The file ${p.path}, which "caFile" names, cannot be used: it has to hold certificates in PEM (${p.code}).`,
  'delivery.client-certificate': (p: { host: string; reason: string }) =>
    `${p.host} does not accept the certificate of this program, or requires one: ${p.reason}. ` +
    'Name the files of one that it trusts in "certFile" and "keyFile".',
  'delivery.login-refused': (p: { host: string; said: string }) =>
    `${p.host} does not accept the user or the password: ${p.said}`,
  'delivery.kafka-no-topic': (p: { topic: string }) =>
    `There is no topic "${p.topic}". Create it, or set "createTopic" where the brokers may create topics.`,
  'delivery.kafka-not-allowed': (p: { user: string; topic: string; code: string }) =>
    `The user ${p.user} may not write to the topic "${p.topic}" (${p.code}).`,
  'delivery.kafka-tls': (p: { host: string; tls: boolean }) =>
    p.tls
      ? `${p.host} does not speak TLS. Use the port of the brokers' TLS listener, or set "tls" to false.`
      : `${p.host} closed the connection immediately. If that is the brokers' TLS listener, set "tls" to true.`,
  'delivery.kafka-closed': (p: { host: string }) =>
    `${p.host} closed the connection. If it requires client certificates, name the files of one that it trusts in "certFile" ` +
    'and "keyFile".',
  'delivery.at-host': (p: { host: string; reason: Nested }) => `${p.host}: ${p.reason}`,
  'delivery.connection-ended': () => 'the connection ended',
  'delivery.unreachable': (p: { host: string; code: string | null }) =>
    `${p.host} cannot be reached${p.code === null ? '' : ` (${p.code})`}.`,
  'delivery.stdout-closed': () =>
    'Standard output has no reader any more. Start this program again, together with what reads it.',
  'delivery.no-queue': (p: { exchange: string; key: string }) =>
    `No queue is bound to the exchange "${p.exchange}" for "${p.key}". Bind one, or route these alerts elsewhere.`,
  'delivery.blocked': (p: { reason: Nested }) =>
    `The broker accepts no messages at the moment: ${p.reason}. Nothing is sent until it does.`,
  'delivery.alert-damaged': () =>
    'The alert could not be read from the log. It is kept in the table dead_alerts of journal.sqlite.',
  'delivery.stopping': () => 'The program is stopping.',

  'mail.chart': (p: { coin: string; from: string; to: string; low: string; high: string; level: string }) =>
    `${p.coin}, ${p.from} to ${p.to}: lowest ${p.low}, highest ${p.high}. Dashed: the alert at ${p.level}.`,
  'mail.about': (p: { at: string; source: string; rule: string; severity: string }) =>
    `${p.at} · ${p.source} · rule ${p.rule} · ${p.severity}`,
  'mail.times': (p: { from: string; to: string }) => `${p.from} to ${p.to}`,
  'channel.not-an-id': () => 'must be a lower-case name of letters, digits and dashes, e.g. "ops"',
  'channel.too-many': (p: { most: number }) => `holds at most ${p.most} channels`,
  'channel.id-twice': () => 'names a channel twice',
  'channel.id-taken': (p: { id: string }) => `There is a channel "${p.id}" already.`,
  'channel.not-open': (p: { id: string }) => `There is no open channel "${p.id}".`,
  'channel.wrong': (p: { id: string; reason: Nested }) => `Channel "${p.id}": ${p.reason}`,
  'channel.unknown-kind': (p: { kind: string; kinds: readonly string[] }) =>
    `there is no kind "${p.kind}". There are: ${p.kinds.join(', ')}.`,
  'channel.unknown-watchlist': (p: { watchlist: string; known: readonly string[] }) =>
    `there is no watchlist "${p.watchlist}". There ${p.known.length === 0 ? 'are none' : `are: ${p.known.join(', ')}`}.`,
  'channel.misplaced-secret': (p: { option: string; variable: string }) =>
    `"${p.option}" is a secret and is not read from settings.json. ` +
    `Set it as ${p.variable}, or name a file that holds it in ${p.variable}_FILE.`,
  'channel.wrong-secret': (p: { option: string; variable: string }) =>
    `the secret "${p.option}" is missing or wrong. ` +
    `Set it as ${p.variable}, or name a file that holds it in ${p.variable}_FILE.`,
  'channel.unknown-option': (p: { options: readonly string[] }) =>
    `there is no option "${p.options.join('", "')}" of this kind.`,
  'channel.url-with-secret': (p: { option: string }) =>
    `"${p.option}" must not contain a user name, a password or a token, because it is stored in settings.json. ` +
    'Enter them as options of their own.',
  'channel.missing-option': (p: { option: string }) => `"${p.option}" is missing.`,
  'channel.wrong-option': (p: { option: string; fault: Nested }) => `"${p.option}" ${p.fault}.`,
};
