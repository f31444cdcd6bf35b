/** What follows such a name is a secret: anybody who reads it can use the service. */
const SECRET_PARAMETER =
  /token|secret|passw|pwd|access-?key|api_?-?key|^key$|^auth|delegation|credential|signature|^sig$/i;

/** Whether a parameter of a URL is a secret by its name. */
export function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETER.test(name);
}

/** Whether a URL has a user name or a password. False for a text that is no URL. */
export function hasUrlCredentials(text: string): boolean {
  const { username = '', password = '' } = URL.parse(text) ?? {};
  return username !== '' || password !== '';
}

/** Whether a URL has a parameter that is a secret by its name. False for a text that is no URL. */
export function hasSecretParameter(text: string): boolean {
  return [...(URL.parse(text)?.searchParams.keys() ?? [])].some(isSecretParameter);
}

/**
 * Whether a text must not be repeated in a message: it has, or would have as a URL if it were right, credentials, parameters or a
 * fragment.
 */
export function mayHoldUrlSecret(text: string): boolean {
  return /[@?#]/.test(text);
}
