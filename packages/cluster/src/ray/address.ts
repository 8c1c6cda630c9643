/** Where a Ray head answers, and when a token must go along: its dashboard runs whatever it is sent. */
import { LociError } from '@loci/core';

/** The port of a dashboard that nobody moved. */
const DEFAULT_PORT = 8265;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** The address of a dashboard. */
export interface RayAddress {
  /** `http://head:8265`, without a slash at its end; a path of a proxy stays. */
  readonly url: string;
  /** Whether it is this machine, or the near end of a tunnel. */
  readonly isLoopback: boolean;
  /** Whether what is sent can be read on the way. */
  readonly isPlain: boolean;
}

/**
 * Reads an address as people write it: `head:8265`, `http://head:8265`, `https://ray.example.org/cluster`.
 *
 * @throws LociError `ray-address`.
 * @example rayAddress('head').url // 'http://head:8265'
 */
export function rayAddress(typed: string): RayAddress {
  const hasScheme = /^[a-z]+:\/\//iu.test(typed);
  const text = hasScheme ? typed : `http://${typed}`;
  const isWeb = /^https?:\/\//iu.test(text);
  if (!isWeb || !URL.canParse(text)) throw wrongAddress(typed);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw wrongAddress(typed);
  }
  // A bare host is a head without a proxy before it.
  const isBare = !hasScheme && url.port === '';
  if (isBare) url.port = String(DEFAULT_PORT);
  return {
    url: url.href.replace(/\/+$/u, ''),
    isLoopback: LOOPBACK.test(url.hostname),
    isPlain: url.protocol === 'http:',
  };
}

function wrongAddress(typed: string): LociError {
  const advice = /^ray:\/\//iu.test(typed)
    ? 'ray:// is the client of Python; the Jobs API answers on the port of the dashboard'
    : 'it must be a host with its port, or begin with http:// or https://, without a name or password';
  return new LociError(
    'ray-address',
    `"${typed}" is no address of a Ray dashboard: ${advice}, such as http://127.0.0.1:${DEFAULT_PORT}`,
  );
}

/** How a dashboard is asked. */
export interface RayAccess {
  readonly address: RayAddress;
  /** File with the token; undefined where none is sent. */
  readonly tokenFile: string | undefined;
  /** A person's yes to a dashboard on another host that asks for no token: the reason why it is acceptable. */
  readonly allowOpenDashboard?: string | undefined;
}

/**
 * Checks, before anything is sent, that a dashboard on another host is asked with a token.
 *
 * @returns What to warn of, one line each.
 * @throws LociError `ray-unauthenticated` with the reason and the two ways out.
 */
export function checkAccess({
  address,
  tokenFile,
  allowOpenDashboard,
}: RayAccess): readonly string[] {
  if (address.isLoopback) return [];
  if (tokenFile !== undefined) {
    return address.isPlain
      ? [
          `the token goes to ${address.url} without encryption: whoever is on the way can read it, and run programs on the cluster. ` +
            'Use https, or a tunnel (ssh -L 8265:localhost:8265 HEAD) with address: http://127.0.0.1:8265',
        ]
      : [];
  }
  const reason =
    'whoever reaches a dashboard without authentication runs any program on the cluster, with your data and your keys';
  if (allowOpenDashboard !== undefined) {
    return [`${address.url} is asked without a token (${allowOpenDashboard}): ${reason}`];
  }
  throw new LociError(
    'ray-unauthenticated',
    `${address.url} is another host, and trainer.tokenFile names no token: ${reason}. Start Ray with RAY_AUTH_MODE=token and name the file ` +
      'with the token in trainer.tokenFile; or open a tunnel (ssh -L 8265:localhost:8265 HEAD) and set trainer.address to ' +
      'http://127.0.0.1:8265; or, where nobody else reaches it, say why in trainer.allowOpenDashboard',
  );
}
