/** A program of the system, without a shell. */
export type Program = { readonly command: string; readonly args: readonly string[] };

const powershell = (script: string, ...args: readonly string[]): Program => ({
  command: 'powershell.exe',
  args: ['-NoProfile', '-NonInteractive', '-Command', script, ...args],
});

/** The programs that speak their standard input, the preferred one first. */
export function speakers(platform: NodeJS.Platform): readonly Program[] {
  if (platform === 'darwin') return [{ command: 'say', args: ['-f', '-'] }];
  if (platform === 'win32') {
    return [
      powershell(
        'Add-Type -AssemblyName System.Speech; ' +
          '(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())',
      ),
    ];
  }
  return [
    // With the voice that the user has chosen for the desktop.
    { command: 'spd-say', args: ['--wait', '--pipe-mode'] },
    { command: 'espeak-ng', args: ['--stdin'] },
    { command: 'espeak', args: ['--stdin'] },
  ];
}

/** The programs that play a WAV file to its end, the preferred one first. */
export function players(platform: NodeJS.Platform, path: string): readonly Program[] {
  if (platform === 'darwin') return [{ command: 'afplay', args: [path] }];
  if (platform === 'win32') {
    const quoted = `'${path.replaceAll("'", "''")}'`;
    return [powershell(`(New-Object Media.SoundPlayer ${quoted}).PlaySync()`)];
  }
  return [
    { command: 'pw-play', args: [path] },
    { command: 'paplay', args: [path] },
    { command: 'aplay', args: ['--quiet', path] },
  ];
}
