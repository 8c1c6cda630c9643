/** The address of a Ray head, and the rule that another host needs a token: a dashboard runs every program that it receives. */
import { LociError } from '@loci/core';

/** Default port of a dashboard. */
const DEFAULT_PORT = 8265;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** The address of a dashboard. */
export interface RayAddress {
  /** `http://head:8265`, without a slash at its end; the path of a proxy is kept. */
  readonly url: string;
  /** Whether it is an address of this machine, which may be the near end of a tunnel. */
  readonly isLoopback: boolean;
  /** Whether requests go without encryption. */
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
  // A bare host is a head without a proxy.
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
    ? 'ray:// addresses the Python client; the Jobs API answers on the port of the dashboard'
    : 'give a host with its port, or an address with http:// or https:// and without user name or password';
  return new LociError(
    'ray-address',
    `"${typed}" is not the address of a Ray dashboard: ${advice}, such as http://127.0.0.1:${DEFAULT_PORT}`,
  );
}

/** A dashboard, and how to authenticate with it. */
export interface RayAccess {
  readonly address: RayAddress;
  /** File with the token; undefined where none is sent. */
  readonly tokenFile: string | undefined;
  /** The user's reason why a dashboard on another host without authentication is acceptable. */
  readonly allowOpenDashboard?: string | undefined;
}

/**
 * Checks, before anything is sent, that requests to another host carry a token.
 *
 * @returns Warnings, one line each.
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
          `the token goes to ${address.url} without encryption: whoever intercepts it can run programs on the cluster. ` +
            'Use https, or a tunnel (ssh -L 8265:localhost:8265 HEAD) with address: http://127.0.0.1:8265',
        ]
      : [];
  }
  const reason =
    'whoever reaches a dashboard without authentication runs any program on the cluster, with your data and your keys';
  if (allowOpenDashboard !== undefined) {
    return [`Loci uses ${address.url} without a token (${allowOpenDashboard}): ${reason}`];
  }
  throw new LociError(
    'ray-unauthenticated',
    `${address.url} is another host, and trainer.tokenFile names no token: ${reason}. Start Ray with RAY_AUTH_MODE=token and name the file ` +
      'with the token in trainer.tokenFile; or open a tunnel (ssh -L 8265:localhost:8265 HEAD) and set trainer.address to ' +
      'http://127.0.0.1:8265; or, where nobody else reaches it, give that reason in trainer.allowOpenDashboard',
  );
}
