import type { Tones } from './model/tones.ts';

/** A share of the full volume, so that a screen reader remains audible. */
const LOUDNESS = 0.2;
/** Without fading, the beginning and the end of a tone would click. */
const FADE_S = 0.03;

/**
 * Plays tones through the page's audio, so that the volume and muting of the window and the system apply.
 *
 * @param onEnd called once, when the tones have ended or were stopped by the returned function or Escape
 */
export function playTones({ hertz, seconds }: Tones, onEnd: () => void): () => void {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const { gain } = connected(context, oscillator);
  const begin = context.currentTime;
  const end = begin + seconds;
  oscillator.frequency.setValueCurveAtTime(hertz, begin, seconds);
  gain.setValueAtTime(0, begin);
  gain.linearRampToValueAtTime(LOUDNESS, begin + FADE_S);
  gain.setValueAtTime(LOUDNESS, end);
  gain.linearRampToValueAtTime(0, end + FADE_S);
  oscillator.start(begin);
  oscillator.stop(end + FADE_S);

  const listening = new AbortController();
  const finish = (): void => {
    if (listening.signal.aborted) return;
    listening.abort();
    onEnd();
  };
  const close = (): void => {
    finish();
    if (context.state !== 'closed') void context.close();
  };
  oscillator.onended = close;
  const stop = (): void => {
    finish();
    // Without an audio device, the time of the context does not advance, and `onended` is never called.
    if (context.state !== 'running') {
      close();
      return;
    }
    gain.cancelScheduledValues(context.currentTime);
    gain.setTargetAtTime(0, context.currentTime, FADE_S / 3);
    oscillator.stop(context.currentTime + FADE_S);
  };
  // In the capture phase, so that Escape stops the tones without also closing a menu or hiding the window.
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      stop();
    },
    { capture: true, signal: listening.signal },
  );
  return stop;
}

function connected(context: AudioContext, oscillator: OscillatorNode): GainNode {
  const loudness = context.createGain();
  oscillator.connect(loudness).connect(context.destination);
  return loudness;
}
