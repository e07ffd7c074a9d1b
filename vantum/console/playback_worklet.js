/** A ring of samples that plays without a hole, on the audio thread, and counts what it played. */
const RING_SECONDS = 10;
const FADE_SAMPLES = 128; // one block, 2.7 ms: an end without a click
const FIRST_CUSHION_SECONDS = 0.06; // two chunks of the server, which sends the first ones in one go
const LARGEST_CUSHION_SECONDS = 0.16;
const BLOCKS_PER_REPORT = 12; // 32 ms at 48 kHz

class Playback extends AudioWorkletProcessor {
  #ring = new Float32Array(RING_SECONDS * sampleRate);
  #read = 0; // samples since the beginning, as is #written
  #written = 0;
  #cushion = FIRST_CUSHION_SECONDS * sampleRate; // what must be there before playing starts
  #playing = false;
  #finished = true; // the utterance has no more samples to come
  #dry = false; // it had none in time: a gap, if more of it comes
  #tail = null; // the faded end of what was cut, to be mixed into the next block
  #played = 0;
  #gaps = 0;
  #dropped = 0;
  #energy = 0;
  #blocks = 0;
  #quiet = true; // the last report said that nothing plays

  constructor() {
    super();
    const actions = {
      push: ({ samples, fresh }) => this.#push(samples, fresh),
      finish: () => {
        this.#finished = true;
      },
      stop: () => this.#stop(),
    };
    this.port.onmessage = ({ data }) => actions[data.kind](data);
  }

  process(_inputs, [[output]]) {
    if (!this.#playing) this.#playing = this.#ready();
    const count = this.#playing ? Math.min(output.length, this.#written - this.#read) : 0;
    for (let index = 0; index < count; index += 1) output[index] = this.#ring[this.#read++ % this.#ring.length];
    this.#played += count;
    if (this.#playing && count < output.length) this.#ranDry();
    this.#mixTail(output);
    this.#report(output);
    return true;
  }

  #ready() {
    const waiting = this.#written - this.#read;
    return waiting > 0 && (this.#finished || waiting >= this.#cushion);
  }

  #push(samples, fresh) {
    if (fresh) this.#stop();
    if (this.#dry) this.#countGap();
    this.#finished = false;
    const room = this.#ring.length - (this.#written - this.#read);
    const kept = Math.min(room, samples.length);
    for (let index = 0; index < kept; index += 1) this.#ring[this.#written++ % this.#ring.length] = samples[index];
    this.#dropped += samples.length - kept;
  }

  #stop() {
    const count = this.#playing ? Math.min(FADE_SAMPLES, this.#written - this.#read) : 0;
    if (count > 0) {
      const at = (index) => this.#ring[(this.#read + index) % this.#ring.length];
      this.#tail = Float32Array.from({ length: count }, (_, index) => at(index) * (1 - (index + 1) / count));
    }
    this.#read = this.#written;
    this.#playing = false;
    this.#finished = true;
    this.#dry = false;
  }

  #ranDry() {
    this.#playing = false;
    this.#dry = !this.#finished;
  }

  #countGap() {
    this.#dry = false;
    this.#gaps += 1;
    // The network is less even than thought: collect more before going on.
    this.#cushion = Math.min(2 * this.#cushion, LARGEST_CUSHION_SECONDS * sampleRate);
  }

  #mixTail(output) {
    this.#tail?.forEach((sample, index) => {
      if (index < output.length) output[index] += sample;
    });
    this.#tail = null;
  }

  #report(output) {
    for (const sample of output) this.#energy += sample * sample;
    this.#blocks += 1;
    if (this.#blocks < BLOCKS_PER_REPORT) return;
    const level = Math.sqrt(this.#energy / (this.#blocks * output.length));
    this.#blocks = 0;
    this.#energy = 0;
    const quiet = !this.#playing && this.#written === this.#read;
    if (quiet && this.#quiet) return;
    this.#quiet = quiet;
    const counts = { played: this.#played, gaps: this.#gaps, dropped: this.#dropped };
    this.port.postMessage({ ...counts, quiet, level: quiet ? 0 : level });
  }
}

registerProcessor('playback', Playback);
