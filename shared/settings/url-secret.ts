/** Names of parameters whose values are secrets: anybody who reads one can use the service. */
const SECRET_PARAMETER =
  /token|secret|passw|pwd|access-?key|api_?-?key|^key$|^auth|delegation|credential|signature|^sig$/i;

/** Whether the name of a URL's parameter is that of a secret. */
export function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETER.test(name);
}

/** Whether a URL has a user name or a password. False for a text that is not a URL. */
export function hasUrlCredentials(text: string): boolean {
  const { username = '', password = '' } = URL.parse(text) ?? {};
  return username !== '' || password !== '';
}

/** Whether a URL has a parameter with the name of a secret. False for a text that is not a URL. */
export function hasSecretParameter(text: string): boolean {
  return [...(URL.parse(text)?.searchParams.keys() ?? [])].some(isSecretParameter);
}

/**
 * Whether a text must not be quoted in a message, because it contains, or would contain if it were a valid URL, credentials,
 * parameters or a fragment.
 */
export function mayHoldUrlSecret(text: string): boolean {
  return /[@?#]/.test(text);
}
