/** The host name by which the nodes of a cluster reach the reward server of a run. */
import { hostname } from 'node:os';

/** Addresses that mean every address of this machine. */
const EVERYWHERE: readonly string[] = ['0.0.0.0', '::', '[::]'];

/** The options that decide it. */
export interface RewardHost {
  readonly host: string;
  readonly advertise?: string | undefined;
}

/** The host name: the one in the config, or that of this machine where the server listens on all of its addresses. */
export function advertisedHost({ host, advertise }: RewardHost): string {
  return advertise ?? (EVERYWHERE.includes(host) ? hostname() : host);
}

/** The address of a server as the nodes reach it. @example advertisedUrl('http://0.0.0.0:8181', { host: '0.0.0.0' }) */
export function advertisedUrl(url: string, settings: RewardHost): string {
  const address = new URL(url);
  address.hostname = advertisedHost(settings);
  return address.href.replace(/\/$/u, '');
}
