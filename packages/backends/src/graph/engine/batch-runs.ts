/** Runs batches of completions: splits them to size, deals the runs out to lanes, and joins their figures. */
import type {
  ForwardBackwardResult,
  Loss,
  PolicyGroup,
  TokenFigures,
  TokenReadout,
  TrainingGroup,
} from '@loci/core';
import { cutGroups } from '../../engine/group-pieces.ts';
import { lossForm } from '../../engine/loss.ts';
import { lossInputs } from '../../engine/loss-inputs.ts';
import { planMicroBatches } from '../../engine/micro-batches.ts';
import type { MicroBatch } from '../../engine/micro-batches.ts';
import { collectFigures, emptyFigures, isPlain, readoutOf } from '../../engine/readout.ts';
import type { WeightSet } from '../../engine/policy-engine.ts';
import type { TunedModel } from '../../models/spec/model.ts';
import type { ArenaEntry } from '../../weights/parameter-arena.ts';
import { FORWARD_SHARE, tensorFeeds } from './graph-run.ts';
import type { EngineSettings, GraphRun } from './graph-run.ts';
import { allLanes, dealRuns, mostRunBytes } from './lanes.ts';
import type { Lane } from './lanes.ts';
import { figuresOf, modelGraph } from './model-graphs.ts';
import type { GraphPurpose } from './model-graphs.ts';
import { STORE } from './optimizer.ts';
import type { ReturnedTensor } from './runtime-messages.ts';

type Returned = Readonly<Record<string, ReturnedTensor>>;

/** The parts of an engine that the runs of its batches need. */
export interface BatchEngine extends TunedModel {
  readonly settings: EngineSettings;
  readonly lanes: readonly Lane[];
  /** Where a trained parameter lies in the arena. */
  place(parameter: string): ArenaEntry;
  run(graph: GraphRun, lane: Lane): Promise<Returned>;
}

/** Figures of the tokens of a batch, by one of the stored sets of weights. */
export async function batchFigures(
  engine: BatchEngine,
  groups: readonly PolicyGroup[],
  weights: WeightSet,
  readout: TokenReadout,
): Promise<TokenFigures> {
  const { pieces, join } = cutGroups(groups, engine.lanes.length);
  const figures = emptyFigures(pieces, readout);
  await shareOut(engine, pieces, readout, async (batch, lane) => {
    const found = await runBatch(engine, lane, 'log-probs', batch, pieces, readout, { weights });
    collectFigures(figures, batch, pieces, figuresOf(found));
  });
  return join(figures);
}

/** Loss and figures of a batch; its gradients are added to the engine's. */
export async function batchGradients(
  engine: BatchEngine,
  groups: readonly TrainingGroup[],
  loss: Loss,
): Promise<ForwardBackwardResult> {
  const readout = readoutOf(loss);
  const { pieces, join } = cutGroups(groups, engine.lanes.length);
  const figures = emptyFigures(pieces, readout);
  const losses: number[] = [];
  const work = async (batch: MicroBatch, lane: Lane, place: number): Promise<void> => {
    const members = batch.members.map((index) => pieces[index]!);
    const found = await runBatch(engine, lane, lossForm(loss), batch, pieces, readout, {
      feeds: tensorFeeds(lossInputs(batch.layout, members, batch.real, loss)),
      fetches: { loss: 'return' },
      gradientFetch: (name) => {
        const { offset, shape } = engine.place(name);
        return { addTo: STORE.gradient, offset, shape };
      },
    });
    losses[place] = Number(found['loss']!.data[0]);
    collectFigures(figures, batch, pieces, figuresOf(found));
  };
  try {
    await shareOut(engine, pieces, readout, work);
  } catch (error) {
    for (const lane of engine.lanes) await lane.dropGradients();
    throw error;
  }
  for (const lane of engine.lanes) await lane.bringGradients();
  return { loss: losses.reduce((sum, part) => sum + part, 0), ...join(figures) };
}

/** Plans the runs of a batch and gives each lane its own, one after another. */
async function shareOut(
  { lanes, model, settings }: BatchEngine,
  groups: readonly PolicyGroup[],
  { entropies }: TokenReadout,
  work: (batch: MicroBatch, lane: Lane, place: number) => Promise<void>,
): Promise<void> {
  const { maxRunBytes, recompute = false } = settings;
  const kind = { recompute, entropies };
  const most = mostRunBytes(maxRunBytes, lanes.length);
  const plan = planMicroBatches(groups, model.batches, most, kind, lanes.length);
  const costs = plan.map(({ layout }) => model.batches.bytes(layout, kind));
  await allLanes(
    dealRuns(costs, lanes.length).map(async (own, lane) => {
      for (const place of own) await work(plan[place]!, lanes[lane]!, place);
    }),
  );
}

/** Runs the graph of a batch for a purpose; returns the figures of its tokens and other requested outputs. */
function runBatch(
  engine: BatchEngine,
  lane: Lane,
  purpose: GraphPurpose,
  { layout, members }: MicroBatch,
  groups: readonly PolicyGroup[],
  readout: TokenReadout,
  { feeds, fetches, ...rest }: Partial<GraphRun>,
): Promise<Returned> {
  const { batches } = engine.model;
  const { lowering, recompute = false, positionRule } = engine.settings;
  const { entropies } = readout;
  const isForward = purpose === 'log-probs';
  const bytes = batches.bytes(layout, { recompute, entropies });
  const own = members.map((index) => groups[index]!);
  const gradient = { recompute: recompute && !isForward };
  const run: GraphRun = {
    key: JSON.stringify([purpose, layout, ...(isPlain(readout) ? [] : [readout])]),
    make: () => modelGraph(engine, layout, purpose, lowering, gradient, readout),
    bytes: isForward ? FORWARD_SHARE * bytes : bytes,
    feeds: { ...tensorFeeds(batches.tensors(layout, own, positionRule)), ...feeds },
    fetches: { logProbs: 'return', ...(entropies && { entropies: 'return' }), ...fetches },
    ...rest,
  };
  return engine.run(run, lane);
}
