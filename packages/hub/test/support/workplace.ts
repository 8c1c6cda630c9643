/** A hub for a test, a place for its cache, and what was told to people. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@loci/core';
import { hubFetch } from '../../src/http/hub-fetch.ts';
import { Hub } from '../../src/hub.ts';
import { hubSettings } from '../../src/settings.ts';
import type { HubServer } from '../../src/testing/index.ts';

/** A new folder. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'loci-hub-'));
}

/** What a hub told, and the waits that it took. */
export interface Told {
  readonly lines: string[];
  readonly waits: number[];
  readonly progress: number[];
}

/** A hub on a server for tests; waits are noted and not waited. */
export function hubOn(
  server: HubServer,
  home: string,
  environment: Readonly<Record<string, string>> = {},
): { readonly hub: Hub; readonly told: Told } {
  const told: Told = { lines: [], waits: [], progress: [] };
  const logger: Logger = {
    info: (line) => void told.lines.push(line),
    warn: (line) => void told.lines.push(`warning: ${line}`),
    progress: (_label, done) => void told.progress.push(done),
  };
  const settings = hubSettings({ HF_ENDPOINT: server.endpoint, HF_HOME: home, ...environment });
  const { endpoint, token, isOffline } = settings;
  const sleep = (ms: number): Promise<void> => {
    told.waits.push(ms);
    return Promise.resolve();
  };
  const fetch = hubFetch({ endpoint, token, isOffline, logger, sleep });
  return { hub: new Hub({ settings, logger, fetch }), told };
}

/** Bytes that differ from each other. */
export function bytes(length: number, seed = 1): Buffer {
  let state = seed;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state >>> 16;
    }),
  );
}

/** A model as repositories hold them, with files that nobody needs. */
export function modelFilesOf(weights = bytes(300_000)): Record<string, string | Buffer> {
  return {
    'README.md': '---\nlicense: mit\n---\n',
    'config.json': '{"model_type": "qwen3_vl"}',
    'tokenizer.json': '{}',
    'preprocessor_config.json': '{}',
    'model.safetensors': weights,
    'pytorch_model.bin': bytes(2000),
    'onnx/model.onnx': bytes(1000),
    'original/consolidated.pth': bytes(1000),
  };
}
