/** Rebuilds groups from lines: the completions of one question in one step, including those under other looks. */
import type { LookName, Rollout, RolloutGroup, RolloutLine, Sample } from '@loci/core';

/** The lines of one group, in the order of the file. */
export interface LineGroup {
  readonly step: number;
  readonly lines: readonly RolloutLine[];
  /** Completions under other looks, in the order of the looks in the file. */
  readonly looks: ReadonlyMap<LookName, readonly RolloutLine[]>;
  /** Number of missing completions, by the numbers of the others. */
  readonly missing: number;
}

/** Gathers adjacent lines. A question that occurs twice in a step gives two groups. */
export class GroupGatherer {
  #open: RolloutLine[] = [];

  /** Adds a line. @returns The group that ends before it, if one does. */
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
 * A group in the form of `scoreGroups`. Rewards use only texts, token counts and the text that the prompt opened, so the tokens
 * themselves are left out.
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

/** The sample of a line, without its demonstration, which is not logged. */
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
