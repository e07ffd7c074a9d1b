/** The bot's voice: chunks in, gapless sound out, silent at once when it is cut. */
import { LinearResampler, toFloats } from './pcm.js';

const DRAIN_MS = 1500; // the server is at most 400 ms ahead of what plays

export class Speaker {
  #node;
  #rate;
  #utterance = null;
  #cut = null; // chunks of this utterance may still be under way
  #resampler = null;
  #quiet = true;
  #whenQuiet = null;

  /** `onReport` gets `{played, gaps, dropped, quiet, level}`, counted in samples, about 30 times a second. */
  constructor(context, onReport) {
    this.#rate = context.sampleRate;
    this.#node = new AudioWorkletNode(context, 'playback', { numberOfInputs: 0, outputChannelCount: [1] });
    this.#node.connect(context.destination);
    this.#node.port.onmessage = ({ data }) => {
      this.#quiet = data.quiet;
      if (data.quiet) this.#whenQuiet?.();
      onReport(data);
    };
  }

  /** A chunk of PCM16; the first one of another utterance wipes what still plays. */
  play(utterance, bytes, rate) {
    if (utterance === this.#cut) return;
    const fresh = utterance !== this.#utterance;
    if (fresh) this.#resampler = new LinearResampler(rate, this.#rate);
    this.#utterance = utterance;
    this.#quiet = false;
    const samples = this.#resampler.process(toFloats(bytes));
    this.#node.port.postMessage({ kind: 'push', samples, fresh }, [samples.buffer]);
  }

  /** The utterance is complete: what is there plays out, however little it is. */
  finish(utterance) {
    if (utterance === this.#utterance) this.#node.port.postMessage({ kind: 'finish' });
  }

  /** Stops at once, by default what plays now. Returns the id of the utterance that was cut. */
  cancel(utterance = this.#utterance) {
    this.#cut = utterance;
    this.#node.port.postMessage({ kind: 'stop' });
    return this.#cut;
  }

  /** Resolves when nothing plays any more, in bounded time. */
  async drained() {
    if (this.#quiet) return;
    this.finish(this.#utterance);
    let timer;
    await new Promise((resolve) => {
      this.#whenQuiet = resolve;
      timer = setTimeout(resolve, DRAIN_MS);
    });
    clearTimeout(timer);
  }

  close() {
    this.#node.disconnect();
    this.#node.port.close();
  }
}
