/** What the badge says: a pure choice from the page's phase, the server's state and the mute button. */
import { Phase } from './call.js';

const BY_PHASE = {
  [Phase.IDLE]: { state: 'idle', text: 'Ready' },
  [Phase.CONNECTING]: { state: 'connecting', text: 'Connecting' },
  [Phase.RECONNECTING]: { state: 'reconnecting', text: 'Reconnecting' },
  [Phase.ENDED]: { state: 'ended', text: 'Call ended' },
};

const BY_CONVERSATION = {
  initializing: { state: 'listening', text: 'Listening' },
  listening: { state: 'listening', text: 'Listening' },
  thinking: { state: 'thinking', text: 'Thinking' },
  responding: { state: 'speaking', text: 'Speaking' },
  interrupted: { state: 'interrupted', text: 'Interrupted' },
  ended: { state: 'ended', text: 'Call ended' },
};

const MUTED = { state: 'muted', text: 'Muted' };

export function badgeFor(phase, conversation, muted) {
  if (phase !== Phase.LIVE) return BY_PHASE[phase];
  const badge = BY_CONVERSATION[conversation] ?? BY_CONVERSATION.listening;
  return muted && badge.state === 'listening' ? MUTED : badge;
}
