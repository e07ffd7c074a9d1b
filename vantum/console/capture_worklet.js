/** The microphone's samples as chunks of 20 ms PCM16 with their loudness, posted from the audio thread. */
const CHUNK_SECONDS = 0.02;
const HIGHEST_WIRE_RATE = 48000;

class Capture extends AudioWorkletProcessor {
  // The wire takes at most 48 kHz: the mean of every `group` samples stands for them on a faster sound card.
  #group = Math.ceil(sampleRate / HIGHEST_WIRE_RATE);
  #sum = 0;
  #summed = 0;
  #energy = 0;
  #filled = 0;
  #chunk = new Int16Array(Math.round((sampleRate / this.#group) * CHUNK_SECONDS));

  process([[samples]]) {
    for (const sample of samples ?? []) {
      this.#sum += sample;
      this.#summed += 1;
      if (this.#summed === this.#group) this.#take(this.#sum / this.#group);
    }
    return true;
  }

  #take(sample) {
    this.#sum = 0;
    this.#summed = 0;
    this.#chunk[this.#filled] = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
    this.#energy += sample * sample;
    this.#filled += 1;
    if (this.#filled === this.#chunk.length) this.#post();
  }

  #post() {
    const level = Math.sqrt(this.#energy / this.#filled);
    this.port.postMessage({ pcm: this.#chunk.slice().buffer, level });
    this.#filled = 0;
    this.#energy = 0;
  }
}

registerProcessor('capture', Capture);
