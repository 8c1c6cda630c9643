/** Lines back into groups: the completions that one question got in one step, and those under other looks at it. */
import type { LookName, Rollout, RolloutGroup, RolloutLine, Sample } from '@loci/core';

/** The lines of one group, in the order of the file. */
export interface LineGroup {
  readonly step: number;
  readonly lines: readonly RolloutLine[];
  /** Completions under other looks, in the order in which the looks come. */
  readonly looks: ReadonlyMap<LookName, readonly RolloutLine[]>;
  /** Completions that other lines of the group say there must have been, and that are not there. */
  readonly missing: number;
}

/** Gathers lines that stand together. A question that came twice in a step is two groups. */
export class GroupGatherer {
  #open: RolloutLine[] = [];

  /** The group that ends before this line, if one does. */
  add(line: RolloutLine): LineGroup | undefined {
    const last = this.#open.at(-1);
    const finished = last !== undefined && !goesOn(last, line) ? this.end() : undefined;
    this.#open.push(line);
    return finished;
  }

  /** The last group. */
  end(): LineGroup | undefined {
    const [first] = this.#open;
    if (first === undefined) return undefined;
    const all = this.#open;
    this.#open = [];
    const lines: RolloutLine[] = [];
    const looks = new Map<LookName, RolloutLine[]>();
    for (const line of all) {
      const { look } = line;
      if (look === undefined) lines.push(line);
      else looks.set(look, [...(looks.get(look) ?? []), line]);
    }
    const missing = [lines, ...looks.values()].reduce((sum, part) => sum + missingFrom(part), 0);
    return { step: first.step, lines, looks, missing };
  }
}

function goesOn(last: RolloutLine, line: RolloutLine): boolean {
  if (last.step !== line.step || last.sampleId !== line.sampleId) return false;
  if (last.look !== line.look) return line.look !== undefined;
  return line.completion > last.completion;
}

/** The lines under all looks, in the order of the file. */
export function linesOfLooks({ looks }: LineGroup): readonly RolloutLine[] {
  return [...looks.values()].flat();
}

function missingFrom(lines: readonly RolloutLine[]): number {
  return (lines.at(-1)?.completion ?? -1) + 1 - lines.length;
}

/**
 * A group as `scoreGroups` takes it. Rewards see texts and numbers of tokens, so the tokens themselves are not needed; of the
 * prompt they see what it opened.
 */
export function rebuildGroup({ lines, looks }: LineGroup): RolloutGroup {
  const [first] = lines as readonly [RolloutLine];
  return {
    sample: rebuildSample(first),
    prompt: { tokenIds: new Int32Array(0), media: [], opened: first.opened },
    rollouts: lines.map(rebuildRollout),
    ...(looks.size > 0 && {
      looks: new Map(Array.from(looks, ([name, part]) => [name, part.map(rebuildRollout)])),
    }),
  };
}

function rebuildRollout({ text, tokens, finishReason }: RolloutLine): Rollout {
  return {
    text,
    tokenIds: new Int32Array(tokens),
    logProbs: new Float32Array(0),
    finishReason,
  };
}

/** The sample that a line was an answer to; its demonstration is not logged. */
export function rebuildSample(line: RolloutLine): Sample {
  const { sampleId, kind, problem, options, problemType, solution, media, source } = line;
  const { map, sceneMap, meta, dataset } = line;
  return {
    id: sampleId,
    problem,
    options,
    problemType,
    solution,
    media,
    source,
    ...(kind !== problemType && { questionKind: kind }),
    ...(map && { map }),
    ...(sceneMap && { sceneMap }),
    ...(meta && { meta }),
    ...(dataset !== undefined && { dataset }),
  };
}
