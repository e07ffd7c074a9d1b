/** The microphone: chunks of 20 ms from the device at its own rate, with the browser's echo cancellation. */
const CONSTRAINTS = {
  audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};
const HIGHEST_WIRE_RATE = 48000;

export class Microphone {
  #stream;
  #node;

  /** Asks the person for the microphone. Rejects with the browser's DOMException when it cannot be had. */
  static request() {
    return navigator.mediaDevices.getUserMedia(CONSTRAINTS);
  }

  /** `onChunk` gets `{pcm: ArrayBuffer, level: 0..1}`; `onLost` is called when the device goes away. */
  constructor(context, stream, onChunk, onLost) {
    this.#stream = stream;
    this.#node = new AudioWorkletNode(context, 'capture', { channelCount: 1, channelCountMode: 'explicit' });
    this.#node.port.onmessage = ({ data }) => onChunk(data);
    for (const track of stream.getTracks()) track.onended = onLost;
    // Browsers run only nodes that lead to the speakers; this one writes nothing, so nothing is heard.
    context.createMediaStreamSource(stream).connect(this.#node).connect(context.destination);
  }

  /** Samples per second on the wire, as the capture worklet makes them. */
  static wireRate(context) {
    return context.sampleRate / Math.ceil(context.sampleRate / HIGHEST_WIRE_RATE);
  }

  /** A muted microphone is silent at its source: not even the page sees what is said. */
  set muted(muted) {
    for (const track of this.#stream.getAudioTracks()) track.enabled = !muted;
  }

  close() {
    for (const track of this.#stream.getTracks()) track.stop();
    this.#node.disconnect();
    this.#node.port.close();
  }
}
