/** The live page of runs: a server that reads run folders, and the page that it serves. */
export { createWatchServer } from './server/watch-server.ts';
export type { IncomingRequest, WatchServerOptions } from './server/watch-server.ts';
export type * from './wire/wire.ts';
