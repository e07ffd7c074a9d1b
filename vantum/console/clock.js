/** How long the call has been going on, in minutes and seconds. */
export class Clock {
  #element;
  #since = 0;
  #timer = null;

  constructor(element) {
    this.#element = element;
  }

  /** Starts at zero, unless it runs already: a call that reconnects is still the same call. */
  start() {
    if (this.#timer !== null) return;
    this.#since = performance.now();
    this.#timer = setInterval(() => this.#show(), 1000);
    this.#show();
  }

  /** Stands still and stays to be read. */
  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  clear() {
    this.stop();
    this.#element.hidden = true;
  }

  #show() {
    const seconds = Math.round((performance.now() - this.#since) / 1000);
    this.#element.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    this.#element.hidden = false;
  }
}
