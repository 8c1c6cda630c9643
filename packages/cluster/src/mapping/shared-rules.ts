/** Rules of the settings that Loci handles itself, whatever the engine. */
import { always, byLoci, differs, inert, refused } from './rules.ts';
import type { RuleBook } from './rules.ts';

const READ_FOR_ROWS = always(byLoci('read here; the engine gets rows'));
const SCORED_HERE = always(byLoci('the reward server of Loci scores every completion'));
const AFTERWARDS = always(byLoci('run cli:evaluate on the model folder that the job leaves'));
const OWN_ENGINE = always(inert("a setting of Loci's own engine, which does not run"));

/** Policies whose `model` is a folder that both Loci and the engine read. */
const FOLDER_POLICIES: readonly string[] = ['onnx', 'tfjs'];

/** Rules that every engine shares. */
export const SHARED_RULES: RuleBook = {
  'trainer.use': always(byLoci('chooses the engine')),
  'trainer.address': always(byLoci("address of Ray's Jobs API")),
  'trainer.tokenFile': always(byLoci("read here for Ray's Jobs API; not sent")),
  'trainer.allowOpenDashboard': always(byLoci('allows a dashboard without authentication')),
  'trainer.patienceMs': always(byLoci('how long Loci waits for a Ray head that does not answer')),
  'trainer.pollMs': always(byLoci('how often Loci looks at the job')),
  'trainer.storage': always(byLoci('rows, frames and outputs lie there')),
  'trainer.storageHere': always(byLoci('rows and frames are written there')),
  'trainer.frames': always(byLoci('file format of the frames')),
  'trainer.environment': always(byLoci('variables of the job')),
  'trainer.environment.**': always(byLoci('variables of the job')),
  'trainer.rewards.**': always(byLoci('the shim in the working folder of the job reads it')),

  'policy.use': (value: string) =>
    FOLDER_POLICIES.includes(value)
      ? byLoci('names the model folder; the engine of the cluster trains it')
      : refused('only a model folder can be trained there: use onnx with its model'),
  'policy.threads': OWN_ENGINE,
  'policy.maxRunMegabytes': OWN_ENGINE,
  'policy.frameCache.**': OWN_ENGINE,
  'policy.provider': OWN_ENGINE,
  'policy.spin': OWN_ENGINE,
  'policy.lowering': OWN_ENGINE,
  'policy.decoder': OWN_ENGINE,
  'policy.maxSessions': OWN_ENGINE,
  'policy.engine': OWN_ENGINE,
  'policy.positionRule': always(
    differs('transformers on the cluster decides the position of text after a video'),
  ),
  'policy.maxTokens': always(
    byLoci('samples whose prompt leaves no room for maxNewTokens get no row; a warning names them'),
  ),
  'policy.**': (_, { config }) =>
    FOLDER_POLICIES.includes(config.policy.use)
      ? refused('Loci does not know what the engine makes of it')
      : inert('an option of a policy that cannot be trained there'),

  'dataset.**': READ_FOR_ROWS,
  'prompt.**': READ_FOR_ROWS,
  'benchmark.**': AFTERWARDS,
  'evaluate.benchmarks': AFTERWARDS,
  'evaluate.benchmarks.**': AFTERWARDS,
  'evaluate.controls': AFTERWARDS,
  'evaluate.controls.**': AFTERWARDS,
  'evaluate.batchSize': always(inert('the engine chooses how many prompts it samples at once')),
  'evaluate.as': (value: string) =>
    value === 'images'
      ? refused('rows show videos as videos')
      : byLoci('rows show videos as videos; cli:evaluate reads the setting'),
  'rewards.**': SCORED_HERE,
  'sinks.**': always(byLoci('Loci writes the figures of the job to them')),
  alerts: always(byLoci('raised from the figures of the job')),
  'alerts.**': always(byLoci('raised from the figures of the job')),

  prefetchSteps: always(inert('the engine prefetches by itself')),
  maxRefusedShare: always(byLoci('the export fails when a larger share of samples gets no row')),
  'curriculum.**': always(refused('the engine draws the rows')),
  'checkpoint.best': always(refused('no benchmark runs during the job')),
  'stopWhen.**': always(refused('the job runs to its last step; stop it by hand')),
  leaveOutTruncated: (value: boolean) =>
    value ? refused('the engine trains on truncated completions like on others') : inert('off'),
};
