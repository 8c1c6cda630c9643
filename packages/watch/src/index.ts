/** The live page of runs: a server that reads run folders and serves the page. */
export { createWatchServer } from './server/watch-server.ts';
export type { IncomingRequest, WatchServerOptions } from './server/watch-server.ts';
export type * from './wire/wire.ts';
