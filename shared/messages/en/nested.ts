declare const nested: unique symbol;

/**
 * A parameter that is a message itself. A text of the catalogue gets its text; the code that makes the message passes the
 * message, so that it is translated with the rest.
 */
export type Nested = string & { readonly [nested]: true };
