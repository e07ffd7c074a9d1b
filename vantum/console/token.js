/** The token of a call, where the server wants one: from the page's own address, or from the server itself. */

/** The server gives this page no token, and says why. */
export class Denied extends Error {}

const WAIT_MS = 10000;
const wanted = document.documentElement.dataset.auth === 'token';
const given = new URLSearchParams(location.hash.slice(1)).get('token');

// What opens a call is nothing to leave in the address bar.
if (given !== null) history.replaceState(null, '', location.pathname + location.search);

/**
 * `url`, with a token if one is needed. A token from the page's address is used for every connection. `proof` is that of
 * a call to come back to: it stands in for a token, and is good once.
 */
export async function addressWithToken(url, proof = null) {
  if (!wanted) return url;
  const address = new URL(url);
  if (proof !== null) address.searchParams.set('resume', proof);
  try {
    address.searchParams.set('token', given ?? (await askForToken()));
  } catch (error) {
    if (proof === null) throw error;
  }
  return address;
}

async function askForToken() {
  const options = { method: 'POST', cache: 'no-store', signal: AbortSignal.timeout(WAIT_MS) };
  const response = await fetch(new URL('token', document.baseURI), options);
  const answer = await response.json();
  if (!response.ok) throw new Denied(answer.detail);
  return answer.token;
}
