/** The page: one button, one call at a time, everything else is shown from what the call reports. */
import { Call, Phase } from './call.js';
import { Clock } from './clock.js';
import { demoBanner, fetchHealth, nameOf, providersOf, whySwitched } from './health.js';
import { listenForKeys } from './keyboard.js';
import { LatencyPanel } from './latency.js';
import { Meter } from './meter.js';
import * as notices from './notices.js';
import { Reply, isError } from './protocol.js';
import { badgeFor } from './status.js';
import { Transcript } from './transcript.js';

const root = document.documentElement;
const part = (id) => document.getElementById(id);
const socketUrl = new URL('ws', document.baseURI);
socketUrl.protocol = socketUrl.protocol === 'https:' ? 'wss:' : 'ws:';

const transcript = new Transcript(part('log'), part('scroller'));
const latency = new LatencyPanel(part('latency'));
const callerMeter = new Meter(part('caller-meter'), part('stage'), '--caller');
const clock = new Clock(part('clock'));
const botMeter = new Meter(part('bot-meter'), part('stage'), '--bot');

let call = new Call(socketUrl, {});
let health = null; // the server's report, when it has come
let conversation = 'listening';

const inCall = () => call.phase !== Phase.IDLE && call.phase !== Phase.ENDED;

// --- what the server tells ------------------------------------------------------------------------

const ON_MESSAGE = {
  [Reply.INTERIM]: ({ transcript: text }) => transcript.interim(text),
  [Reply.FINAL]: ({ transcript: text }) => transcript.final(text),
  [Reply.TURN_START]: () => {
    transcript.botTurn();
    converse('responding');
  },
  [Reply.TURN_WORDS]: ({ utteranceId, text }) => transcript.words(utteranceId, text),
  [Reply.TURN_PAUSED]: ({ utteranceId }) => transcript.pause(utteranceId),
  [Reply.TURN_RESUMED]: ({ utteranceId, speechId }) => transcript.resume(utteranceId, speechId),
  [Reply.TURN_COMPLETE]: ({ utteranceId }) => {
    transcript.complete(utteranceId);
    if (conversation === 'responding') converse('listening');
  },
  [Reply.SPEECH_CANCEL]: ({ utteranceId }) => transcript.silence(utteranceId),
  [Reply.STATE]: ({ to }) => converse(to),
  [Reply.LATENCY]: (answer) => latency.show(answer),
  [Reply.PROVIDER]: showSwitch,
};

function receive(reply) {
  if (isError(reply)) notify(notices.whatServerSays(reply));
  ON_MESSAGE[reply.eventType]?.(reply.payload);
}

/** The connection is there again: in the call that was lost, which says itself where it stands, or in a new one. */
function resume(isSameCall) {
  if (isSameCall) {
    transcript.goOn();
    return;
  }
  transcript.cutUnfinished();
  conversation = 'listening';
}

function converse(state) {
  conversation = state;
  showState();
}

// --- what the call does ---------------------------------------------------------------------------

const ON_PHASE = {
  [Phase.IDLE]: () => part('start').focus(),
  [Phase.CONNECTING]: () => {
    notify('');
    transcript.clear();
    latency.clear();
    clock.clear();
    if (health !== null) showProviders();
    conversation = 'listening';
    part('controls').focus();
  },
  [Phase.LIVE]: () => {
    part('retry').hidden = true;
    clock.start();
  },
  [Phase.RECONNECTING]: (before) => {
    transcript.pauseUnfinished();
    part('retry').dataset.why = before === Phase.LIVE ? notices.CONNECTION_LOST : notices.UNREACHABLE;
    part('retry').hidden = false;
  },
  [Phase.ENDED]: () => {
    part('retry').hidden = true;
    clock.stop();
    part('start').focus();
  },
};

function enterPhase(phase) {
  const before = root.dataset.phase;
  root.dataset.phase = phase;
  if (!inCall()) [callerMeter, botMeter].forEach((meter) => meter.reset());
  showState();
  ON_PHASE[phase](before);
  showState();
}

function showWait(seconds) {
  const when = seconds > 0 ? `Next try in ${seconds} s.` : 'Trying now …';
  part('retry-text').textContent = `${part('retry').dataset.why ?? ''} ${when}`;
}

function showState() {
  const { state, text } = badgeFor(call.phase, conversation, call.muted);
  root.dataset.state = state;
  if (part('badge-text').textContent !== text) part('badge-text').textContent = text;
  part('mute').setAttribute('aria-pressed', String(call.muted));
  part('mute').firstElementChild.textContent = call.muted ? 'Unmute' : 'Mute';
  part('done').disabled = call.phase !== Phase.LIVE;
  const over = call.phase === Phase.ENDED;
  part('headline').textContent = over ? 'That was the call.' : 'Press, and say hello.';
  part('start-text').textContent = over ? 'Talk again' : 'Start talking';
}

function showHeard({ level, quiet, ...counts }) {
  if (quiet) botMeter.reset();
  else botMeter.show(level);
  Object.assign(root.dataset, { quiet, ...counts });
}

function notify(text) {
  part('notice-text').textContent = text;
  part('notice').hidden = text === '';
}

// --- what the person does -------------------------------------------------------------------------

function start() {
  if (inCall()) return;
  if (!notices.canCapture()) {
    notify(notices.INSECURE);
    return;
  }
  call = new Call(socketUrl, {
    phase: enterPhase,
    resumed: resume,
    message: receive,
    broken: (error) => notify(notices.whatWasBroken(error)),
    denied: (error) => notify(error.message),
    waiting: showWait,
    captured: (level) => callerMeter.show(level),
    heard: showHeard,
    failed: (error) => notify(notices.whyNoSound(error)),
    lost: () => notify(notices.MICROPHONE_LOST),
  });
  call.start();
}

function toggleMute() {
  if (!inCall()) return;
  call.muted = !call.muted;
  showState();
}

const actions = { start, mute: toggleMute, done: () => call.finishTurn(), end: () => inCall() && call.end() };
for (const [id, act] of Object.entries(actions)) part(id).addEventListener('click', act);
part('notice-close').addEventListener('click', () => notify(''));
part('retry-now').addEventListener('click', () => call.retryNow());
listenForKeys(document, actions);

// --- what the server is ---------------------------------------------------------------------------

/** Who does what when a call begins. */
function showProviders() {
  const entries = providersOf(health).map(({ kind, part: role, provider }) => {
    const entry = document.createElement('li');
    const name = document.createElement('b');
    name.textContent = provider;
    entry.dataset.kind = kind;
    entry.append(`${role}: `, name);
    return entry;
  });
  part('providers').replaceChildren(...entries);
}

/** Another provider does a job from here on. */
function showSwitch({ kind, provider, previous, fault }) {
  const entry = part('providers').querySelector(`[data-kind="${CSS.escape(kind)}"]`);
  if (entry === null) return;
  entry.querySelector('b').textContent = nameOf(provider);
  entry.title = whySwitched({ previous, fault });
}

function showHealth() {
  showProviders();
  const banner = demoBanner(health);
  part('demo').hidden = banner === null;
  part('demo-title').textContent = banner?.title ?? '';
  part('demo-detail').textContent = banner?.detail ?? '';
}

if (!notices.canCapture()) notify(notices.INSECURE);
try {
  health = await fetchHealth(new URL('health', document.baseURI));
  showHealth();
} catch {
  notify(notices.UNREACHABLE);
}
