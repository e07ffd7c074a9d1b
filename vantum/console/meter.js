/** A level meter: loudness as the ear takes it, quick to rise and slow to fall. */
const FLOOR_DECIBELS = -50;
const FALL = 0.82; // per report, about 30 a second
const SPOKEN_EVERY_MS = 500; // the value for assistive technology need not flicker

export class Meter {
  #element;
  #stage;
  #property;
  #shown = 0;
  #spokenAt = 0;

  /** `property` is set on `stage` as well, for what moves with this voice. */
  constructor(element, stage, property) {
    this.#element = element;
    this.#stage = stage;
    this.#property = property;
  }

  /** `level` is the root mean square of the samples, 0..1. */
  show(level, now = performance.now()) {
    const target = Math.max(0, 1 - (20 * Math.log10(Math.max(level, 1e-6))) / FLOOR_DECIBELS);
    this.#shown = Math.max(target, this.#shown * FALL);
    if (this.#shown < 0.01) this.#shown = 0;
    this.#element.style.setProperty('--level', this.#shown.toFixed(3));
    this.#stage.style.setProperty(this.#property, this.#shown.toFixed(3));
    if (now - this.#spokenAt < SPOKEN_EVERY_MS) return;
    this.#spokenAt = now;
    this.#element.setAttribute('aria-valuenow', Math.round(this.#shown * 100));
  }

  reset() {
    this.#shown = 0;
    this.show(0, Infinity);
  }
}
