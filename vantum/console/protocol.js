/** The wire of a call: one MessagePack map in one binary frame, in the names of the current dialect. */
import { decode, encode } from './vendor/msgpack/index.mjs';

export const Request = Object.freeze({
  START: 'audio.input.start',
  CHUNK: 'audio.input.chunk',
  END: 'audio.input.end',
});

export const Reply = Object.freeze({
  CONNECTED: 'connection.lifecycle.ack',
  SPEECH_START: 'audio.output.start',
  SPEECH_CHUNK: 'audio.output.chunk',
  SPEECH_COMPLETE: 'audio.output.complete',
  SPEECH_CANCEL: 'audio.output.cancel',
  INTERIM: 'transcript.interim',
  FINAL: 'transcript.final',
  TURN_START: 'conversation.response.start',
  TURN_WORDS: 'conversation.response.words',
  TURN_PAUSED: 'conversation.response.paused',
  TURN_RESUMED: 'conversation.response.resumed',
  TURN_COMPLETE: 'conversation.response.complete',
  STATE: 'conversation.state.changed',
  LATENCY: 'conversation.turn.latency',
  PROVIDER: 'conversation.provider.switched',
});

/** A UUID of version 7: 48 bits of milliseconds, then random bits (RFC 9562, section 5.7). */
export function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint32(0, Math.floor(now / 0x10000));
  new DataView(bytes.buffer).setUint16(4, now % 0x10000);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function encodeRequest(eventType, sessionId, payload) {
  return encode({ eventType, eventId: uuid7(), sessionId, payload });
}

/** One message of the server. Throws when the frame is not a MessagePack map with an event type. */
export function decodeReply(buffer) {
  const { eventType, requestType, sessionId, payload } = decode(new Uint8Array(buffer));
  if (typeof eventType !== 'string') throw new TypeError('the server sent a message without an event type');
  return { eventType, requestType, sessionId, payload: payload ?? {} };
}

export function isError({ eventType }) {
  return eventType.startsWith('error.') || eventType.endsWith('.error');
}
