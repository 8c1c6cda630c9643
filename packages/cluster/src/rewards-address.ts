/** By which name the nodes of a cluster reach the reward server of a run. */
import { hostname } from 'node:os';

/** Addresses that stand for every one of this machine. */
const EVERYWHERE: readonly string[] = ['0.0.0.0', '::', '[::]'];

/** What is said of it in a config. */
export interface RewardHost {
  readonly host: string;
  readonly advertise?: string | undefined;
}

/** The name: as the config says, or that of this machine where the server listens on all of its addresses. */
export function advertisedHost({ host, advertise }: RewardHost): string {
  return advertise ?? (EVERYWHERE.includes(host) ? hostname() : host);
}

/** The address of a server as the nodes reach it. @example advertisedUrl('http://0.0.0.0:8181', { host: '0.0.0.0' }) */
export function advertisedUrl(url: string, settings: RewardHost): string {
  const address = new URL(url);
  address.hostname = advertisedHost(settings);
  return address.href.replace(/\/$/u, '');
}
