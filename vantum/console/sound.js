/** Both directions of sound for one call, on one audio context, so that the browser can cancel the echo. */
import { Microphone } from './capture.js';
import { Speaker } from './playback.js';

const WORKLETS = ['capture_worklet.js', 'playback_worklet.js'];

export class Sound {
  #context;

  /** Asks for the microphone. Rejects with the browser's DOMException; then nothing is left open. */
  static async open({ onChunk, onReport, onLost }) {
    const context = new AudioContext({ latencyHint: 'interactive' });
    let stream = null;
    try {
      stream = await Microphone.request();
      const modules = WORKLETS.map((file) => context.audioWorklet.addModule(new URL(file, import.meta.url)));
      await Promise.all([context.resume(), ...modules]);
      return new Sound(context, new Microphone(context, stream, onChunk, onLost), new Speaker(context, onReport));
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      await context.close();
      throw error;
    }
  }

  constructor(context, microphone, speaker) {
    this.#context = context;
    this.microphone = microphone;
    this.speaker = speaker;
  }

  /** Samples per second that the microphone sends. */
  get rate() {
    return Microphone.wireRate(this.#context);
  }

  async close() {
    this.microphone.close();
    this.speaker.close();
    await this.#context.close();
  }
}
