/** Errors in words: what happened and what the person can do about it. */

const MICROPHONE = {
  NotAllowedError: 'The microphone is blocked for this page. Allow it in the address bar, then start again.',
  NotFoundError: 'No microphone was found. Plug one in, then start again.',
  NotReadableError: 'The microphone is in use by another program. Close that program, then start again.',
  OverconstrainedError: 'This microphone cannot be used. Choose another one in the browser, then start again.',
};

export const INSECURE =
  'Browsers give a microphone only to secure pages. Open this page over https, or on localhost.';
export const UNREACHABLE = 'Cannot reach the server, or it is full.';
export const CONNECTION_LOST = 'The connection was lost.';
export const MICROPHONE_LOST = 'The microphone went away, so the call has ended.';

export function whyNoSound(error) {
  return MICROPHONE[error.name] ?? `The sound could not be opened: ${error.message}`;
}

/** What the server's error event says. `error.system.*` has no request to blame: a part of the server failed. */
export function whatServerSays({ eventType, payload }) {
  const message = payload.message || 'no details were given';
  return eventType.startsWith('error.') ? `Something went wrong: ${message}` : `The server refused a request: ${message}`;
}

export function whatWasBroken(error) {
  return `The server sent something that this page cannot read: ${error.message}`;
}

/** A mute browser of the page's own making would be a riddle: say it before the button is pressed. */
export function canCapture() {
  return window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
}
