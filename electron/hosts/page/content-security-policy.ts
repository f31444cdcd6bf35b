/**
 * What the page may load, in every host. Scripts are loaded only from the program's own files. Styles may be inline because the
 * component library sets style attributes; a style can load nothing from elsewhere under `default-src 'self'`.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
