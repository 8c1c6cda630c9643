/** For tests: a server with the routes of the hub, which can inject faults. */
export { TEST_TOKEN } from './answers.ts';
export { HubServer } from './hub-server.ts';
export type { SeenRequest } from './hub-server.ts';
export type { Fault, FaultKind } from './faults.ts';
export { commitTo } from './stored-repository.ts';
export type { StoredRepository } from './stored-repository.ts';
