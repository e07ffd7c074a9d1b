/**
 * The socket of a call: it comes back by itself after every end but a regular one (close code 1000), into the call that
 * it lost where the server has kept it. What the microphone hears in between is not sent: it would come late.
 */
import { KEPT_SECONDS, returnSeconds, waitSeconds } from './backoff.js';
import { Denied, addressWithToken } from './token.js';
import { Reply, Request, decodeReply, encodeRequest, isError } from './protocol.js';

const REGULAR_END = 1000;
const ANSWER_MS = 10000; // for the server to accept the socket and to acknowledge the start
const STEADY_MS = 10000; // a connection that held this long was a good one: waits start again at a second
const QUICK_MS = 1000; // who lost a call that held this long comes back as quickly as can be
const BACKLOG_BYTES = 256 * 1024; // about three seconds of sound that the network did not take yet

export class Link {
  #url;
  #rate;
  #on;
  #socket = null;
  #dialled = null; // the attempt that counts: another one or the end may come while a token is asked for
  #session = null;
  #live = false;
  #liveSince = 0;
  #attempt = 0;
  #token = null; // proves whose call it is, to a server that keeps it
  #nextToken = null; // the one that a new connection is greeted with, good once that is acknowledged
  #lostAt = -Infinity;
  #timer = null; // either for the server's answer or for the next attempt, never both

  /** `on`: live(resumed), message(reply), broken(error), denied(error), waiting(secondsLeft), dialling(), ended(). */
  constructor(url, rate, on) {
    this.#url = url;
    this.#rate = rate;
    this.#on = on;
  }

  async dial() {
    clearTimeout(this.#timer);
    this.#release();
    this.#on.dialling();
    const attempt = Symbol('attempt');
    this.#dialled = attempt;
    let address = null;
    try {
      address = await addressWithToken(this.#address(), this.#token);
    } catch (error) {
      if (this.#dialled !== attempt) return;
      if (error instanceof Denied) this.#on.denied(error);
      this.#closed();
    }
    if (address !== null && this.#dialled === attempt) this.#open(address);
  }

  #open(address) {
    const socket = new WebSocket(address);
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
    this.#dialled = null;
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
    if (reply.eventType === Reply.CONNECTED) this.#begin(reply);
    if (reply.eventType === Request.START) this.#begun(reply.payload.resumed === true);
    if (isError(reply) && reply.requestType === Request.START) clearTimeout(this.#timer);
    this.#on.message(reply);
  }

  #begin({ sessionId, payload }) {
    this.#session = sessionId;
    this.#nextToken = payload.resumeToken ?? null;
    const proof = this.#token === null ? {} : { resumeToken: this.#token };
    this.#send(Request.START, { samplingRate: this.#rate, ...proof });
  }

  #begun(resumed) {
    clearTimeout(this.#timer);
    this.#token = this.#nextToken;
    this.#live = true;
    this.#liveSince = performance.now();
    this.#on.live(resumed);
  }

  /** Where no token is needed the proof is no part of the address, which logs may hold: only that somebody comes back. */
  #address() {
    if (this.#token === null) return this.#url;
    const address = new URL(this.#url);
    address.searchParams.set('resume', '1');
    // No secret: it only says which of several workers has the call.
    if (this.#session !== null) address.searchParams.set('session', this.#session);
    return address;
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
    const now = performance.now();
    if (this.#live && now - this.#liveSince > STEADY_MS) this.#attempt = 0;
    if (this.#live && this.#token !== null) this.#lose(now);
    this.#live = false;
    if (code === REGULAR_END) {
      this.#on.ended();
      return;
    }
    const kept = now - this.#lostAt < KEPT_SECONDS * 1000;
    this.#wait(kept ? returnSeconds(this.#attempt) : waitSeconds(this.#attempt));
    this.#attempt += 1;
  }

  /** A call that the server keeps is worth being quick, but not for a connection that breaks again at once. */
  #lose(now) {
    this.#lostAt = now;
    this.#attempt = now - this.#liveSince > QUICK_MS ? 0 : this.#attempt;
  }

  #wait(seconds) {
    this.#on.waiting(Math.ceil(seconds));
    const next = () => (seconds > 1 ? this.#wait(seconds - 1) : this.dial());
    this.#timer = setTimeout(next, Math.min(seconds, 1) * 1000);
  }
}
