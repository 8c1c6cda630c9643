/** For tests: a server that speaks the hub's routes, and shows faults. */
export { TEST_TOKEN } from './answers.ts';
export { HubServer } from './hub-server.ts';
export type { SeenRequest } from './hub-server.ts';
export type { Fault, FaultKind } from './faults.ts';
export { commitTo } from './stored-repository.ts';
export type { StoredRepository } from './stored-repository.ts';
