/** One call, from the press of the button to its end: sound and link held together. */
import { Link } from './link.js';
import { Reply } from './protocol.js';
import { Sound } from './sound.js';

export const Phase = Object.freeze({
  IDLE: 'idle',
  CONNECTING: 'connecting',
  LIVE: 'live',
  RECONNECTING: 'reconnecting',
  ENDED: 'ended',
});

export class Call {
  #url;
  #on;
  #phase = Phase.IDLE;
  #sound = null;
  #link = null;
  #muted = false;

  /**
   * `on`: phase(phase), resumed(isSameCall), message(reply), broken(error), denied(error), waiting(secondsLeft),
   * captured(level), heard(report), failed(error) when the call could not begin, lost() when the microphone went away.
   */
  constructor(url, on) {
    this.#url = url;
    this.#on = on;
  }

  get phase() {
    return this.#phase;
  }

  async start() {
    this.#enter(Phase.CONNECTING);
    try {
      this.#sound = await Sound.open({
        onChunk: (chunk) => this.#capture(chunk),
        onReport: (report) => this.#on.heard(report),
        onLost: () => this.#lose(),
      });
    } catch (error) {
      if (this.#phase === Phase.ENDED) return;
      this.#enter(Phase.IDLE);
      this.#on.failed(error);
      return;
    }
    // The person may have ended the call while the browser was asking for the microphone.
    if (this.#phase === Phase.ENDED) {
      await this.#sound.close();
      return;
    }
    this.#sound.microphone.muted = this.#muted;
    this.#link = this.#makeLink(this.#sound.rate);
    this.#link.dial();
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    this.#muted = muted;
    if (this.#sound) this.#sound.microphone.muted = muted;
  }

  /** "I'm done": the server answers without waiting for silence. */
  finishTurn() {
    this.#link?.sendEnd();
  }

  retryNow() {
    if (this.#phase === Phase.RECONNECTING) this.#link.dial();
  }

  async end() {
    if (this.#phase === Phase.ENDED) return;
    this.#enter(Phase.ENDED);
    this.#link?.close();
    await this.#sound?.close();
  }

  #makeLink(rate) {
    return new Link(this.#url, rate, {
      dialling: () => this.#on.waiting(0),
      live: (resumed) => this.#welcome(resumed),
      message: (reply) => this.#receive(reply),
      broken: (error) => this.#on.broken(error),
      denied: (error) => this.#on.denied(error),
      waiting: (seconds) => this.#wait(seconds),
      ended: () => this.#endByServer(),
    });
  }

  #enter(phase) {
    this.#phase = phase;
    this.#on.phase(phase);
  }

  #welcome(resumed) {
    if (this.#phase === Phase.RECONNECTING) this.#on.resumed(resumed);
    this.#enter(Phase.LIVE);
  }

  #capture({ pcm, level }) {
    // Muted chunks are silence with a label: they keep the server's clock of this call running.
    const label = this.#muted ? { isMuted: true } : {};
    this.#link?.sendChunk({ audio: new Uint8Array(pcm), ...label });
    this.#on.captured(this.#muted || this.#phase !== Phase.LIVE ? 0 : level);
  }

  #receive({ eventType, requestType, payload, ...rest }) {
    const { speaker } = this.#sound;
    if (eventType === Reply.SPEECH_CHUNK) speaker.play(payload.utteranceId, payload.audio, payload.sampleRate);
    if (eventType === Reply.SPEECH_COMPLETE) speaker.finish(payload.utteranceId);
    const cut = eventType === Reply.SPEECH_CANCEL ? { utteranceId: speaker.cancel(payload.utteranceId) } : {};
    this.#on.message({ eventType, requestType, ...rest, payload: { ...cut, ...payload } });
  }

  #wait(seconds) {
    if (this.#phase !== Phase.RECONNECTING) {
      this.#sound.speaker.cancel();
      this.#enter(Phase.RECONNECTING);
    }
    this.#on.waiting(seconds);
  }

  async #endByServer() {
    this.#enter(Phase.ENDED);
    this.#sound.microphone.close();
    await this.#sound.speaker.drained();
    await this.#sound.close();
  }

  #lose() {
    if (this.#phase === Phase.ENDED) return;
    this.#on.lost();
    this.end();
  }
}
