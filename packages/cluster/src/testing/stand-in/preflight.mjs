/**
 * Stands in for `assets/preflight.py` without Python and Ray: makes the same checks and prints the same report. The variable STAND_IN_NODES
 * describes the nodes: `[{ "address": "10.0.0.2", "gpus": 8, "versions": { "verl": "0.9.0" }, "blind": true }]`. A blind node does not see
 * the storage.
 */
import { spawnSync } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const task = JSON.parse(readFileSync('preflight.json', 'utf8'));
const nodes = JSON.parse(
  process.env['STAND_IN_NODES'] ?? '[{ "address": "127.0.0.1", "gpus": 8, "versions": {} }]',
);
const marker = join(task.storage.folder, task.storage.marker);

/** @param {() => string} work */
function attempt(work) {
  try {
    return { ok: true, text: work() };
  } catch (error) {
    return { ok: false, text: error instanceof Error ? error.message : String(error) };
  }
}

function readMarker() {
  if (readFileSync(marker, 'utf8') !== task.storage.text) throw new Error('another content');
  return marker;
}

/** Runs the probe, with `probe.mjs` in place of the shim. */
function runProbe() {
  const own = `${process.execPath} ${join(import.meta.dirname, 'probe.mjs')}`;
  const probe = task.probe.replace(/^python3 loci_\w+\.py$/u, own);
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['-c', probe], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) || `exit code ${status}`);
  return stdout.trim();
}

const written = task.storage.write
  ? attempt(() => {
      writeFileSync(marker, task.storage.text);
      return marker;
    })
  : null;

/** @param {string} path */
function open(path) {
  openSync(path, 'r');
  return 'opened by the stand-in';
}

const found = nodes.map((/** @type {any} */ { blind, ...node }) => ({
  host: node.address,
  python: '0.0.0',
  ...node,
  storage: blind === true ? { ok: false, text: `no such file ${marker}` } : attempt(readMarker),
  media: task.media.map((/** @type {string} */ path) => ({ path, ...attempt(() => open(path)) })),
  probe: task.probe === null ? null : attempt(runProbe),
}));

/** @returns {Record<string, boolean>} */
function tokenizer() {
  const { added_tokens: added = [] } = JSON.parse(
    readFileSync(join(task.tokenizer.folder, 'tokenizer.json'), 'utf8'),
  );
  const special = added.flatMap((/** @type {any} */ token) =>
    token.special === true ? [token.content] : [],
  );
  return Object.fromEntries(
    task.tokenizer.tags.map((/** @type {string} */ tag) => [tag, !special.includes(tag)]),
  );
}

const report = {
  nodes: found,
  written,
  tokenizer: task.tokenizer === null ? null : { ok: true, kept: tokenizer() },
};
if (task.storage.write) rmSync(marker, { force: true });
console.log(`LOCI-PREFLIGHT ${JSON.stringify(report)}`);
