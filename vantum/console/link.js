/** The socket of a call: it comes back by itself after every end but a regular one (close code 1000). */
import { waitSeconds } from './backoff.js';
import { Reply, Request, decodeReply, encodeRequest, isError } from './protocol.js';

const REGULAR_END = 1000;
const ANSWER_MS = 10000; // for the server to accept the socket and to acknowledge the start
const STEADY_MS = 10000; // a connection that held this long was a good one: waits start again at a second
const BACKLOG_BYTES = 256 * 1024; // about three seconds of sound that the network did not take yet

export class Link {
  #url;
  #rate;
  #on;
  #socket = null;
  #session = null;
  #live = false;
  #liveSince = 0;
  #attempt = 0;
  #timer = null; // either for the server's answer or for the next attempt, never both

  /** `on`: live(), message(reply), broken(error), waiting(secondsLeft), dialling(), ended(). */
  constructor(url, rate, on) {
    this.#url = url;
    this.#rate = rate;
    this.#on = on;
  }

  dial() {
    clearTimeout(this.#timer);
    this.#release();
    this.#on.dialling();
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#abandon(), ANSWER_MS);
  }

  /** Sends a chunk, or nothing while there is no call or the network is far behind. */
  sendChunk(payload) {
    if (!this.#live || this.#socket.bufferedAmount > BACKLOG_BYTES) return;
    this.#send(Request.CHUNK, payload);
  }

  sendEnd() {
    if (this.#live) this.#send(Request.END, {});
  }

  /** Ends for good; `on.ended` is not called. */
  close() {
    clearTimeout(this.#timer);
    this.#live = false;
    this.#release(REGULAR_END);
  }

  #send(type, payload) {
    this.#socket.send(encodeRequest(type, this.#session, payload));
  }

  #receive(data) {
    try {
      this.#take(decodeReply(data));
    } catch (error) {
      this.#on.broken(error);
    }
  }

  #take(reply) {
    if (reply.eventType === Reply.CONNECTED) this.#begin(reply.sessionId);
    if (reply.eventType === Request.START) this.#begun();
    if (isError(reply) && reply.requestType === Request.START) clearTimeout(this.#timer);
    this.#on.message(reply);
  }

  #begin(session) {
    this.#session = session;
    this.#send(Request.START, { samplingRate: this.#rate });
  }

  #begun() {
    clearTimeout(this.#timer);
    this.#live = true;
    this.#liveSince = performance.now();
    this.#on.live();
  }

  #abandon() {
    this.#release();
    this.#closed();
  }

  #release(code) {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(code);
  }

  #closed(code) {
    clearTimeout(this.#timer);
    this.#socket = null;
    if (this.#live && performance.now() - this.#liveSince > STEADY_MS) this.#attempt = 0;
    this.#live = false;
    if (code === REGULAR_END) {
      this.#on.ended();
      return;
    }
    this.#wait(waitSeconds(this.#attempt));
    this.#attempt += 1;
  }

  #wait(seconds) {
    this.#on.waiting(Math.ceil(seconds));
    const next = () => (seconds > 1 ? this.#wait(seconds - 1) : this.dial());
    this.#timer = setTimeout(next, Math.min(seconds, 1) * 1000);
  }
}
