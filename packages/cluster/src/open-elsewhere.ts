/** Opens the trainer of a run that verl or ms-swift trains. */
import { join } from 'node:path';
import { LociError, typedPath } from '@loci/core';
import type { Trainer, TrainingRun } from '@loci/core';
import type { ClusterJob, EngineReader, JobRequest, MakeJob } from './job.ts';
import type { EngineName } from './options.ts';
import type { ClusterPorts } from './ports.ts';
import type { ClusterNeeds } from './run/preflight/judge.ts';
import { JobPreflight } from './run/preflight/preflight.ts';
import type { AttemptRequest, ClusterEngine } from './run/engine.ts';
import { openClusterTrainer, storageOf } from './run/open-trainer.ts';
import type { PlaceSettings, RaySettings } from './run/open-trainer.ts';
import { SWIFT_VERSION, checkSwiftRun, makeSwiftJob } from './swift/make-job.ts';
import type { SwiftOptions } from './swift/options.ts';
import { SWIFT_READER } from './swift/reader.ts';
import { knownVersion } from './verl/keys.ts';
import { checkVerlRun, makeVerlJob } from './verl/make-job.ts';
import type { VerlOptions } from './verl/options.ts';
import { VERL_READER } from './verl/reader.ts';

/** Tags that the engine's tokenizer must leave in completions, since rewards read them. */
const TAGS = ['<think>', '</think>', '<map>', '</map>', '<answer>', '</answer>'];
const USUAL_POLL_MS = 1000;

/** Package versions that a job needs, by verl's own requirements. */
const VERL_PACKAGES: Readonly<Record<string, ClusterNeeds['packages']>> = {
  'v0.9.0': {
    verl: '>=0.9 <0.10',
    ray: '>=2.41',
    vllm: '>=0.18',
    transformers: '>=5.5.3 <5.11',
  },
  head: { verl: '>=0.9', ray: '>=2.41', vllm: '>=0.18', transformers: '>=5.5.3 <5.11' },
};

/** The trainer of verl. @throws LociError `verl-version`; those of `openClusterTrainer`. */
export async function openVerlTrainer(
  ports: ClusterPorts,
  options: VerlOptions,
  run: TrainingRun,
): Promise<Trainer> {
  const version = knownVersion(options.version);
  return openElsewhere({
    ...{ ports, options, run, version, name: 'verl', make: makeVerlJob, reader: VERL_READER },
    ray: options,
    check: () => checkVerlRun({ run, options }),
    packages: VERL_PACKAGES[version] ?? VERL_PACKAGES['head']!,
    probe: 'python3 loci_reward.py',
  });
}

/** Package versions that ms-swift is known to run with. */
const SWIFT_PACKAGES: ClusterNeeds['packages'] = { 'ms-swift': '>=4', vllm: '>=0.8' };

/** The trainer of ms-swift. @throws LociError `swift-nodes` for several nodes; those of `openClusterTrainer`. */
export async function openSwiftTrainer(
  ports: ClusterPorts,
  options: SwiftOptions,
  run: TrainingRun,
): Promise<Trainer> {
  if (options.nodes > 1) {
    throw new LociError(
      'swift-nodes',
      `trainer.nodes: Loci cannot start ms-swift on ${options.nodes} nodes. Write rows and command with cli:export -- --to ms-swift, and start the command on each node`,
    );
  }
  const name = 'ms-swift';
  return openElsewhere({
    ...{ ports, options, run, name, version: SWIFT_VERSION, make: makeSwiftJob },
    reader: SWIFT_READER,
    check: () => checkSwiftRun({ run, options }),
    ray: options.on === 'ray' ? options : undefined,
    packages: SWIFT_PACKAGES,
    probe: 'python3 loci_reward.py',
  });
}

/** A run, and the engine that trains it. */
interface Elsewhere<Options> {
  readonly ports: ClusterPorts;
  readonly run: TrainingRun;
  readonly name: EngineName;
  readonly version: string;
  readonly options: Options;
  readonly check: () => Promise<void>;
  readonly make: MakeJob<Options>;
  readonly reader: EngineReader;
  readonly ray: RaySettings | undefined;
  readonly packages: ClusterNeeds['packages'];
  /** Shell command that scores one sample, in the job's working folder. */
  readonly probe: string;
}

function openElsewhere<Options extends PlaceSettings>(
  elsewhere: Elsewhere<Options>,
): Promise<Trainer> {
  const { ports, run, name, version, options, ray, packages, probe } = elsewhere;
  const storage = storageOf(options, run.baseDirectory);
  let last: AttemptRequest | undefined;
  const engine: ClusterEngine = {
    ...{ name, version, reader: elsewhere.reader, check: elsewhere.check },
    makeJob(attempt) {
      last = attempt;
      return elsewhere.make(requestOf(elsewhere, attempt));
    },
  };
  // Where this machine does not see the storage, the rows lie in the run folder, and a person copies them.
  const copyOf = (place: string): string | undefined =>
    storage.here === undefined ? join(run.runDirectory, 'cluster', place) : undefined;
  const needsOf = (job: ClusterJob) => ({
    ...{ engine: `${name} ${job.engineVersion}`, packages, storage: options.storage },
    ...{ rewardsUrl: last?.rewardsUrl ?? '', copy: copyOf(last?.name ?? '') },
    ...{ nodes: options.nodes, gpusPerNode: options.gpusPerNode },
    ...{ model: options.model ?? modelOf(run), probe },
  });
  return openClusterTrainer({
    ...{ run, engine, ray, place: options, startServer: ports.startRewards },
    preflight: ({ host, keeper }) =>
      new JobPreflight({
        ...{ host, keeper, storage, needsOf, logger: run.logger, tags: TAGS },
        pollMs: ray?.pollMs ?? USUAL_POLL_MS,
      }),
  });
}

function requestOf<Options>(
  { run, options, ports }: Elsewhere<Options>,
  { name, attempt, rewardsUrl }: AttemptRequest,
): JobRequest<Options> {
  return { run, options, openModel: ports.openModel, attempt, rewardsUrl, name };
}

/** By default the nodes see the model at the same path as this machine. */
function modelOf({ config, baseDirectory }: TrainingRun): string | undefined {
  const { model } = config.policy;
  return typeof model === 'string' ? typedPath(model, baseDirectory) : undefined;
}
