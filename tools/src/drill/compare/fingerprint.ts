/** One digest of what a run has come to, to see whether something changed it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a run has learnt and said; its report and its places may be written again. */
const LASTING = ['metrics.jsonl', 'rollouts.jsonl', 'evaluations', 'checkpoints', 'tensorboard'];

/** Digest of names and contents of the lasting files of a run. */
export function fingerprint(run: string): string {
  const hash = createHash('sha256');
  for (const name of LASTING.map((part) => join(run, part)).filter((path) => existsSync(path))) {
    const isFolder = statSync(name).isDirectory();
    const below = isFolder ? readdirSync(name, { recursive: true, encoding: 'utf8' }).sort() : [];
    const files = isFolder ? below.map((path) => join(name, path)) : [name];
    for (const file of files.filter((path) => statSync(path).isFile())) {
      hash.update(`${file}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}
