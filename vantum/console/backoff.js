/**
 * How long to wait before the next attempt to reach the server: 1, 2, 4, 8 and then 15 seconds, less some jitter. Who
 * lost a call that the server keeps for half a minute tries sooner: after 0.2, 0.5, 1, 2 and then every 4 seconds.
 */
const RETURN_SECONDS = [0.2, 0.5, 1, 2, 4];
export const KEPT_SECONDS = 30;
const LONGEST_SECONDS = 15;
const JITTER = 0.2; // a fifth: enough that the clients of a restarted server do not return in one wave

export function waitSeconds(attempt, random = Math.random) {
  return Math.min(2 ** attempt, LONGEST_SECONDS) * (1 - JITTER * random());
}

export function returnSeconds(attempt, random = Math.random) {
  return RETURN_SECONDS[Math.min(attempt, RETURN_SECONDS.length - 1)] * (1 - JITTER * random());
}
