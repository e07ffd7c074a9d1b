/** Which providers serve the call, from the server's health report, and whether that makes it a demo. */
const PARTS = [
  ['stt', 'Speech to text', 'DEEPGRAM_API_KEY'],
  ['llm', 'Language model', 'OPENAI_API_KEY'],
  ['tts', 'Voice', 'CARTESIA_API_KEY'],
];
const EMBEDDED = 'local';
const NAMES = { local: 'embedded', openai: 'OpenAI', deepgram: 'Deepgram', cartesia: 'Cartesia' };

const LIST = new Intl.ListFormat('en', { type: 'conjunction' });

export async function fetchHealth(url) {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) throw new Error(`health report: HTTP ${response.status}`);
  return response.json();
}

/** `[{kind, part, provider}]` for the foot of the page. */
export function providersOf({ providers }) {
  return PARTS.map(([kind, part]) => ({ kind, part, provider: nameOf(providers[kind]) ?? 'unknown' }));
}

/** A provider's name for people. */
export function nameOf(provider) {
  return NAMES[provider] ?? provider;
}

/** Why another provider does a job, in words. */
export function whySwitched({ previous, fault }) {
  if (fault === null) return 'The first choice works again.';
  return previous ? `${nameOf(previous)} failed (${fault}).` : `The first choice does not work (${fault}).`;
}

/** The sentences of the demo banner, or null when nothing is embedded. */
export function demoBanner({ providers }) {
  const embedded = PARTS.filter(([key]) => providers[key] === EMBEDDED);
  if (embedded.length === 0) return null;
  const keys = LIST.format(embedded.map(([, , setting]) => setting));
  return { title: titleOf(providers), detail: `Set ${keys} for the real thing.` };
}

function titleOf({ llm, tts }) {
  if (llm === EMBEDDED && tts === EMBEDDED) return 'This is a scripted demo with a robotic voice.';
  if (llm === EMBEDDED) return 'This is a scripted demo.';
  if (tts === EMBEDDED) return 'This is a demo with a robotic voice.';
  return 'This is a demo that understands simple sentences only.';
}
