/** The last turn's latency: where the time went between the caller's last sound and the first byte of the answer. */
// The pause is what it took to be sure that the caller had finished.
const STAGES = [
  ['committed', 'Pause'],
  ['first_token', 'Thinking'],
  ['first_piece', 'Phrasing'],
  ['first_audio', 'Voicing'],
  ['first_byte', 'Sending'],
];

/** Cumulative milliseconds per stage → the milliseconds that each stage took, in order; absent stages are left out. */
export function split(stages) {
  let reached = 0;
  return STAGES.filter(([stage]) => Number.isFinite(stages[stage])).map(([stage, name]) => {
    const took = Math.max(0, stages[stage] - reached);
    reached = Math.max(reached, stages[stage]);
    return { stage, name, took };
  });
}

export class LatencyPanel {
  #panel;

  constructor(panel) {
    this.#panel = panel;
  }

  clear() {
    this.#panel.hidden = true;
  }

  show(stages) {
    const parts = split(stages);
    if (parts.length === 0) return;
    const total = parts.reduce((sum, { took }) => sum + took, 0);
    const words = parts.map(({ name, took }) => `${name} ${Math.round(took)} ms`);
    const bar = this.#panel.querySelector('.stack');
    this.#panel.querySelector('.total').textContent = `${Math.round(total)} ms`;
    bar.replaceChildren(...parts.map(segment));
    bar.setAttribute('aria-label', `${Math.round(total)} milliseconds: ${words.join(', ')}`);
    this.#panel.querySelector('.legend').replaceChildren(...parts.map(legendEntry));
    this.#panel.hidden = false;
  }
}

function segment({ stage, took }) {
  const element = document.createElement('span');
  element.dataset.stage = stage;
  element.style.flexGrow = took;
  return element;
}

function legendEntry({ stage, name, took }) {
  const entry = document.createElement('li');
  const swatch = document.createElement('i');
  const value = document.createElement('b');
  swatch.dataset.stage = stage;
  value.textContent = Math.round(took);
  entry.append(swatch, `${name} `, value);
  return entry;
}
