/** The keys that work anywhere on the page. Buttons keep their own Space and Enter. */
const BY_KEY = { ' ': 'start', Enter: 'start', m: 'mute', d: 'done', Escape: 'end' };
const OWN_KEYS = 'a, button, summary, input, textarea, select, [contenteditable]';

/** `actions` maps start, mute, done and end to functions; each decides itself whether there is something to do. */
export function listenForKeys(target, actions) {
  target.addEventListener('keydown', (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = BY_KEY[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action === undefined || (action === 'start' && event.target.closest(OWN_KEYS))) return;
    actions[action]();
  });
}
