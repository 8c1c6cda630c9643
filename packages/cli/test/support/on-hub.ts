/** A hub for tests of commands: the environment names it until the tests of the file are over. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { HubServer, TEST_TOKEN } from '@loci/hub/testing';
import type { Io } from '../../src/io.ts';
import type { Terminal } from '../../src/render/terminal.ts';

/** What tests see. */
export interface OnHub {
  readonly server: HubServer;
  /** HF_HOME, new for each test. */
  readonly home: string;
}

/** Starts the hub and points the variables of this process, and of its children, at it. */
export function onHub(token = TEST_TOKEN): OnHub {
  const here: { server?: HubServer; home: string } = { home: '' };
  const before = { ...process.env };
  beforeAll(async () => {
    here.server = await HubServer.start();
  });
  beforeEach(() => {
    here.home = mkdtempSync(join(tmpdir(), 'loci-hf-'));
    here.server!.reset();
    here.server!.repositories.clear();
    process.env['HF_ENDPOINT'] = here.server!.endpoint;
    process.env['HF_HOME'] = here.home;
    process.env['HF_TOKEN'] = token;
    delete process.env['HF_HUB_CACHE'];
    delete process.env['HF_HUB_OFFLINE'];
  });
  afterAll(async () => {
    await here.server!.close();
    process.env = before;
  });
  return here as OnHub;
}

/** A command's surroundings, and what it printed. */
export function quietIo(userDirectory: string): { readonly io: Io; printed(): string } {
  let printed = '';
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      done();
    },
  }) as Terminal;
  return { io: { out, userDirectory }, printed: () => printed };
}
