/**
 * The text of a file in `autostart/` that makes a Linux desktop run this command at login.
 * Source: Desktop Entry Specification 1.5, "The Exec key", and Desktop Application Autostart Specification 0.5.
 *
 * @param command program and arguments
 */
export function autostartEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Crypto Price Monitor',
    'Comment=Watches cryptocurrency prices',
    `Exec=${command.map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/**
 * Quotes an argument: within quotes `"`, backtick, `$` and `\` are escaped, and backslashes once more as in every string value; a
 * percent sign is doubled because it starts a field code.
 */
function quoted(argument: string): string {
  const escaped = argument
    .replaceAll(/["`$\\]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return `"${escaped}"`;
}
