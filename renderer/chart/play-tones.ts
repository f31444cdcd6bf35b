import type { Tones } from './model/tones.ts';

/** Of full scale: beside a screen reader's voice. */
const LOUDNESS = 0.2;
/** A tone that begins or ends abruptly clicks. */
const FADE_S = 0.03;

/**
 * Plays tones through the page's own audio, whose loudness and mute are those of the window and the computer.
 *
 * @param onEnd called once, when they have ended or were stopped: by the function that is returned, or by Escape
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
    // Without a device the time of the context stands still, and what is to end in it does not.
    if (context.state !== 'running') {
      close();
      return;
    }
    gain.cancelScheduledValues(context.currentTime);
    gain.setTargetAtTime(0, context.currentTime, FADE_S / 3);
    oscillator.stop(context.currentTime + FADE_S);
  };
  // Before the page's own keys: it stops the tones, and neither closes a menu nor hides the window as well.
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
