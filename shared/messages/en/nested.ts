declare const nested: unique symbol;

/**
 * A parameter that is itself a message. The caller of `message` passes the message, and a text of the catalogue receives its text, so
 * that it is translated with the rest.
 */
export type Nested = string & { readonly [nested]: true };
