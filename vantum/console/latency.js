/** The last turns' latency: where the time went between the caller's last sound and the answer in their ear. */
// Each station is named for what it takes to get there; the pause is what it took to be sure that the caller had finished.
const STATIONS = [
  ['committed', 'Pause'],
  ['first_token', 'Thinking'],
  ['first_piece', 'Phrasing'],
  ['first_audio', 'Voicing'],
  ['first_byte', 'Sending'],
  ['heard', 'Arriving'],
];
const SHOWN = 5;

/**
 * Cumulative milliseconds per station → the milliseconds to each from the one before it, as they were reached.
 * Absent stations are left out. A draft reaches stations before the pause is over, and perhaps before the caller
 * had finished: nobody waited for those.
 */
export function split(stages) {
  let reached = 0;
  return STATIONS.filter(([stage]) => Number.isFinite(stages[stage]))
    .sort(([one], [other]) => stages[one] - stages[other])
    .map(([stage, name]) => {
      const took = Math.max(0, stages[stage] - reached);
      reached = Math.max(reached, stages[stage]);
      return { stage, name, took };
    });
}

export class LatencyPanel {
  #panel;
  #answers = [];

  constructor(panel) {
    this.#panel = panel;
  }

  clear() {
    this.#answers = [];
    this.#panel.hidden = true;
  }

  show({ turn, stages, drafted = false, providers = {} }) {
    const parts = split(stages);
    if (parts.length === 0) return;
    const total = parts.reduce((sum, { took }) => sum + took, 0);
    const before = this.#answers.filter((answer) => answer.turn !== turn);
    this.#answers = [...before, { turn, parts, total, drafted, providers }].slice(-SHOWN);
    this.#draw();
  }

  #draw() {
    const longest = Math.max(1, ...this.#answers.map(({ total }) => total));
    const last = this.#answers.at(-1);
    this.#panel.querySelector('.total').textContent = `${Math.round(last.total)} ms`;
    this.#panel.querySelector('.turns').replaceChildren(...this.#answers.map((answer) => row(answer, longest)));
    this.#panel.querySelector('.legend').replaceChildren(...last.parts.map(legendEntry));
    this.#panel.hidden = false;
  }
}

/** One answer: its number, its bar on the scale of the longest one shown, and its total. */
function row({ turn, parts, total, drafted, providers }, longest) {
  const [item, name, bar, sum] = ['li', 'span', 'div', 'b'].map((tag) => document.createElement(tag));
  const words = parts.map((part) => `${part.name} ${Math.round(part.took)} ms`).join(', ');
  const told = `Turn ${turn}${drafted ? ', drafted' : ''}: ${Math.round(total)} milliseconds: ${words}${servedBy(providers)}`;
  name.className = 'turn';
  name.textContent = `Turn ${turn}`;
  if (drafted) name.append(draftMark());
  bar.className = 'stack';
  bar.setAttribute('role', 'img');
  bar.setAttribute('aria-label', told);
  bar.title = told;
  bar.style.width = `${(100 * total) / longest}%`;
  bar.append(...parts.filter(({ took }) => took > 0).map(segment));
  sum.textContent = Math.round(total);
  item.append(name, cell(bar), sum);
  return item;
}

/** Who served the turn, in the order in which they did. */
function servedBy(providers) {
  const names = ['stt', 'llm', 'tts'].filter((kind) => kind in providers).map((kind) => providers[kind]);
  return names.length === 0 ? '' : `; served by ${names.join(', ')}`;
}

function draftMark() {
  const mark = document.createElement('small');
  mark.className = 'draft';
  mark.title = 'The answer was begun before the turn was over.';
  mark.textContent = 'draft';
  return mark;
}

/** The whole width that the longest bar takes. */
function cell(bar) {
  const element = document.createElement('span');
  element.append(bar);
  return element;
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
