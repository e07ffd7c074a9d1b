/** Samples as the wire has them (16 bit, little endian) and as the sound card wants them (-1..1, at its own rate). */

export function toFloats(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength >> 1 }, (_, index) => view.getInt16(2 * index, true) / 32768);
}

/** Linear interpolation from one rate to another, seamless from chunk to chunk of one utterance. */
export class LinearResampler {
  #step;
  #position = 0; // of the next output sample, in input samples after #last
  #last = null;

  constructor(from, to) {
    this.#step = from / to;
  }

  process(input) {
    if (this.#step === 1 || input.length === 0) return input;
    const source = this.#last === null ? input : Float32Array.of(this.#last, ...input);
    const end = source.length - 1;
    const count = Math.max(0, Math.ceil((end - this.#position) / this.#step));
    const output = new Float32Array(count);
    for (let index = 0; index < count; index += 1) {
      const at = this.#position + index * this.#step;
      const left = Math.floor(at);
      output[index] = source[left] + (at - left) * (source[left + 1] - source[left]);
    }
    this.#position += count * this.#step - end;
    this.#last = source[end];
    return output;
  }
}
