/** Two tones each, so that rises and falls are distinguished without words. Frequencies in Hz. */
const TONES = { rising: [523, 784], falling: [784, 523], bell: [1_047, 1_047] } as const;

export const SOUNDS = ['rising', 'falling', 'bell', 'none'] as const;
export type Sound = keyof typeof TONES;

const RATE = 22_050;
const TONE_SECONDS = 0.16;
const VOLUME = 0.4;
const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;

/** The sound as a WAV file: PCM, mono, 16 bits. Source: http://soundfile.sapp.org/doc/WaveFormat/ */
export function wavOf(sound: Sound): Buffer {
  const count = Math.floor(RATE * TONE_SECONDS);
  const tones = TONES[sound];
  const dataBytes = tones.length * count * SAMPLE_BYTES;
  const wav = Buffer.alloc(HEADER_BYTES + dataBytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16); // bytes of what follows
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22); // channels
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * SAMPLE_BYTES, 28);
  wav.writeUInt16LE(SAMPLE_BYTES, 32);
  wav.writeUInt16LE(SAMPLE_BYTES * 8, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(dataBytes, 40);
  for (const [tone, hertz] of tones.entries()) {
    for (let n = 0; n < count; n++) {
      // Faded in and out: a tone that begins abruptly clicks.
      const fade = Math.min(1, n / 400, (count - n) / 1_200);
      const sample = Math.sin((2 * Math.PI * hertz * n) / RATE) * VOLUME * fade;
      wav.writeInt16LE(Math.round(sample * 32_767), HEADER_BYTES + (tone * count + n) * SAMPLE_BYTES);
    }
  }
  return wav;
}
