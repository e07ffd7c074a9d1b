/** The conversation as a chat: the caller's words as they settle, the bot's as they are spoken. */
const NEAR_BOTTOM_PIXELS = 80;
const CALLER = 'You';
const BOT = 'Vantum';

export class Transcript {
  #log;
  #scroller;
  #caller = null; // the line that the caller is speaking
  #bot = new Map(); // utterance id → line
  #speaking; // the utterance whose words come now
  #paused = null; // the utterance that stands still, and the mark that says so
  #utteranceOf = new Map(); // speech id → utterance id, where a pause has made them differ
  #following = true; // until the person scrolls up to read
  #top = 0;

  constructor(log, scroller) {
    this.#log = log;
    this.#scroller = scroller;
    scroller.addEventListener('scroll', () => this.#noticeScroll());
    const follow = new ResizeObserver(() => this.#follow());
    follow.observe(scroller);
    follow.observe(log);
  }

  clear() {
    this.#log.replaceChildren();
    this.#caller = null;
    this.#bot.clear();
    this.#speaking = undefined;
    this.#paused = null;
    this.#utteranceOf.clear();
    this.#following = true;
  }

  interim(text) {
    this.#callerLine().interim.textContent = text;
  }

  final(text) {
    const line = this.#callerLine();
    line.interim.textContent = '';
    append(line.spoken, text);
  }

  /** The bot takes the turn: what the caller says next is a new line. */
  botTurn() {
    this.#settleCaller();
  }

  words(utterance, text) {
    append(this.#botLine(utterance).spoken, text);
    this.#speaking = utterance;
  }

  /** The answer stands still: it goes on in the same line, or is completed and was cut here. */
  pause(utterance) {
    const mark = make('span', 'mark', 'paused');
    this.#bot.get(utterance)?.item.append(mark);
    this.#paused = { utterance, mark };
  }

  /** The answer goes on; its sound has another id from here on. */
  resume(utterance, speech) {
    this.#utteranceOf.set(speech, utterance);
    this.#paused?.mark.remove();
    this.#paused = null;
  }

  /** The sound was cancelled: because the answer is cut, unless it only stands still. */
  silence(speech) {
    const utterance = this.#utteranceOf.get(speech) ?? speech;
    if (utterance !== this.#paused?.utterance) this.#cut(utterance);
  }

  /** The answer was spoken to its end, or was cut where it stood still. */
  complete(utterance) {
    if (utterance === this.#paused?.utterance) this.#cut(utterance);
    if (utterance === this.#speaking) this.#speaking = undefined;
  }

  /** The bot's line ends here, because the caller spoke. */
  #cut(utterance) {
    this.#paused?.mark.remove();
    this.#paused = null;
    const line = this.#bot.get(utterance);
    if (line === undefined || line.item.dataset.cut) return;
    line.item.dataset.cut = 'true';
    line.item.append(make('span', 'mark', 'interrupted'));
  }

  /** The connection was lost: an answer under way stands still, until it is known whether it goes on. */
  pauseUnfinished() {
    if (this.#speaking !== undefined && this.#paused === null) this.pause(this.#speaking);
  }

  /** The connection is there again, in the same call. */
  goOn() {
    this.#paused?.mark.remove();
    this.#paused = null;
  }

  /** Another call begins: the rest of an answer under way will not come. */
  cutUnfinished() {
    this.#cut(this.#speaking);
  }

  #settleCaller() {
    const line = this.#caller;
    this.#caller = null;
    if (line !== null && line.spoken.textContent === '') line.item.remove();
    else line?.interim.replaceChildren();
  }

  #callerLine() {
    this.#caller ??= this.#addLine('caller', CALLER);
    return this.#caller;
  }

  #botLine(utterance) {
    if (!this.#bot.has(utterance)) {
      this.#settleCaller();
      this.#bot.set(utterance, this.#addLine('bot', BOT));
    }
    return this.#bot.get(utterance);
  }

  #addLine(who, name) {
    const item = make('div', `line ${who}`);
    // The bot is heard: reading its words aloud as well would talk over it.
    if (who === 'bot') item.setAttribute('aria-live', 'off');
    const spoken = make('span', 'spoken');
    const interim = make('span', 'interim');
    // Guesses change several times a second: a screen reader gets the settled words only.
    interim.setAttribute('aria-hidden', 'true');
    const words = make('p', 'words');
    words.append(spoken, interim);
    item.append(make('span', 'who', name), words);
    this.#log.append(item);
    return { item, spoken, interim };
  }

  #noticeScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const atBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PIXELS;
    // New lines may have moved the bottom away meanwhile; only going up is a wish to stay.
    this.#following = atBottom || (this.#following && scrollTop >= this.#top);
    this.#top = scrollTop;
  }

  #follow() {
    if (this.#following) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}

function make(tag, className, text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** Adds words with a space where the language wants one; as a node of its own, so that it is read aloud once. */
function append(element, text) {
  const before = element.textContent;
  const glued = before === '' || /\s$/.test(before) || /^[\s.,!?;:%)\]}’'…]/.test(text);
  element.append(glued ? text : ` ${text}`);
}
