/** How long to wait before the next attempt to reach the server: 1, 2, 4, 8 and then 15 seconds, less some jitter. */
const LONGEST_SECONDS = 15;
const JITTER = 0.2; // a fifth: enough that the clients of a restarted server do not return in one wave

export function waitSeconds(attempt, random = Math.random) {
  return Math.min(2 ** attempt, LONGEST_SECONDS) * (1 - JITTER * random());
}
