/** Times Loci and its peers in turn, each in a process of its own, so that all of them meet the same hours of the machine. */
import { LociError } from '@loci/core';
import { flagsHandedOn, runBench } from '../all-engines.ts';
import { numberOf, oneOf } from '../flags.ts';
import type { BenchFlags } from '../flags.ts';
import { SHAPE_NAMES } from '../shapes.ts';
import type { ShapeName } from '../shapes.ts';
import { comparisonText, LOCI } from './comparison.ts';
import type { MissingPeer, Turn } from './comparison.ts';
import { peersOf } from './peers.ts';
import type { Peer } from './peers.ts';
import { packageVersions, runPeer, scriptsFolder } from './python.ts';
import type { PeerTimes } from './python.ts';

const DEFAULT_TURNS = 3;

/** A shape with its peers, to compare. */
interface Case {
  readonly label: string;
  readonly shape: ShapeName;
  readonly peers: readonly Peer[];
}

/** The chosen shapes, with their peers. */
export function casesOf(flags: BenchFlags): readonly Case[] {
  const choice = oneOf('shape', flags.shape, [...SHAPE_NAMES, 'all']);
  const shapes = choice === 'all' ? (['small', 'large'] as const) : [choice];
  return shapes.map((shape) => ({
    label: `${shape}, ${flags.vl ? 'video' : 'text'}`,
    shape,
    peers: peersOf({
      shape,
      vl: flags.vl,
      threads: numberOf(flags, 'threads'),
      tokens: numberOf(flags, 'tokens'),
      seconds: numberOf(flags, 'seconds'),
    }),
  }));
}

/** Loci's own step. @throws LociError `engine-unavailable` when its engine does not start. */
async function timeLoci(script: string, flags: BenchFlags, shape: ShapeName): Promise<PeerTimes> {
  const words = ['--engine', 'onnx', ...flagsHandedOn({ ...flags, shape })];
  const report = await runBench(script, words);
  if ('skipped' in report) throw new LociError('engine-unavailable', report.skipped);
  const { stepSeconds, generationSeconds, referenceSeconds, gradientSeconds, updateSeconds } =
    report;
  return {
    step: stepSeconds,
    generation: generationSeconds,
    reference: referenceSeconds,
    training: gradientSeconds + updateSeconds,
  };
}

/**
 * Times all of them turn after turn, prints each result as it comes, then the table.
 *
 * @param script that times Loci.
 * @throws LociError `peer-scripts-missing`, `python-unavailable`, `bad-flag`, `engine-unavailable`.
 */
export async function benchPeers(script: string, python: string, flags: BenchFlags): Promise<void> {
  const folder = scriptsFolder(flags['peer-scripts']);
  const cases = casesOf(flags);
  const wanted = new Set(cases.flatMap(({ peers }) => peers.flatMap(({ needs }) => needs)));
  const versions = await packageVersions(python, [...wanted]);
  console.log(`${python}: ${JSON.stringify(versions)}`);
  const missing: MissingPeer[] = [];
  const turns: Turn[] = [];
  const isOut = new Set<Peer>();
  const leaveOut = (shape: string, peer: Peer, reason: string) => {
    isOut.add(peer);
    missing.push({ shape, trainer: peer.name, reason });
    console.log(`${peer.name} (${shape}): ${reason}`);
  };
  for (const { label, peers } of cases) {
    for (const peer of peers) {
      const absent = peer.needs.filter((name) => typeof versions[name] !== 'string');
      if (absent.length === 0) continue;
      leaveOut(
        label,
        peer,
        `${python} has no ${absent.join(', ')} (pip install ${absent.join(' ')})`,
      );
    }
  }
  for (let turn = 1; turn <= numberOf(flags, 'turns', DEFAULT_TURNS); turn++) {
    for (const { label, shape, peers } of cases) {
      const add = (trainer: string, times: PeerTimes) => {
        turns.push({ shape: label, turn, trainer, times });
        console.log(JSON.stringify(turns.at(-1)));
      };
      add(LOCI, await timeLoci(script, flags, shape));
      for (const peer of peers.filter((each) => !isOut.has(each))) {
        const outcome = await runPeer(python, folder, peer);
        if ('failure' in outcome) leaveOut(label, peer, outcome.failure);
        else add(peer.name, outcome.times);
      }
    }
  }
  console.log(`\n${comparisonText(turns, missing)}`);
}
