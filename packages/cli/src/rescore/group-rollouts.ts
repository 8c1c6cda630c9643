/** Lines back into groups: the completions that one question got in one step, and those from its shuffled frames. */
import type { Rollout, RolloutGroup, RolloutLine, Sample } from '@loci/core';

/** The lines of one group, in the order of the file. */
export interface LineGroup {
  readonly step: number;
  readonly lines: readonly RolloutLine[];
  readonly shuffled: readonly RolloutLine[];
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
    const lines = all.filter(({ shuffled }) => shuffled !== true);
    const shuffled = all.filter((line) => line.shuffled === true);
    return {
      step: first.step,
      lines,
      shuffled,
      missing: missingFrom(lines) + missingFrom(shuffled),
    };
  }
}

function goesOn(last: RolloutLine, line: RolloutLine): boolean {
  if (last.step !== line.step || last.sampleId !== line.sampleId) return false;
  if (last.shuffled !== line.shuffled) return line.shuffled === true;
  return line.completion > last.completion;
}

function missingFrom(lines: readonly RolloutLine[]): number {
  return (lines.at(-1)?.completion ?? -1) + 1 - lines.length;
}

/**
 * A group as `scoreGroups` takes it. Rewards see texts and numbers of tokens, so the tokens themselves are not needed; of the
 * prompt they see what it opened.
 */
export function rebuildGroup({ lines, shuffled }: LineGroup): RolloutGroup {
  const [first] = lines as readonly [RolloutLine];
  return {
    sample: rebuildSample(first),
    prompt: { tokenIds: new Int32Array(0), media: [], opened: first.opened },
    rollouts: lines.map(rebuildRollout),
    ...(shuffled.length > 0 && { shuffled: shuffled.map(rebuildRollout) }),
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
  const { sampleId, kind, problem, options, problemType, solution, media, source, map } = line;
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
  };
}
