import type { Nested } from './nested.ts';

/** PostgreSQL: how to reach it, and what it does not take. */
export const databaseTexts = {
  'database.not-written': (p: { reason: Nested }) =>
    `The database does not take the prices: ${p.reason} They are kept, and written as soon as it does.`,
  'database.starting': () => 'The database is starting.',
  'database.connection-lost': () => 'The connection to the database was lost; it is being made again.',
  'database.stopping': () => 'The program is stopping.',
  'database.password-for-another-server': (p: { keptFor: string; target: string }) =>
    `The database password was kept for ${p.keptFor} and is not sent to ${p.target}. ` +
    'Enter the URL with the password for this server in the settings, and start again.',
};
