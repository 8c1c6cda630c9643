/** Records the groups that a reward server scores, as lines of a run's `rollouts.jsonl`. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { FORMAT_VERSIONS } from '@loci/core';
import type { RewardOutcome, RolloutContribution, RolloutLine, TextScore } from '@loci/core';
import { cutCompletion } from '../cut-prompt.ts';
import { asSample } from '../wire.ts';
import type { WholeGroup } from './gathered-groups.ts';

/** A line of a record: a rollout, and the names by which it is found again among the engine's output. */
export interface ScoredLine extends RolloutLine {
  /** Name of the group, with the name of the run as prefix. */
  readonly group: string;
  readonly member: string;
  readonly split: 'train' | 'validation' | 'probe';
}

/** Appends to a file, one whole group at a time, so that no reader sees half a group. */
export class ScoredRecord {
  readonly #file: string;

  /** @throws Error of the file system when the folder cannot be made. */
  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, '');
  }

  /** Appends the group's lines. The step is 0 where the engine does not send it; the advantage is null, since the engine computes it. */
  add(group: WholeGroup, score: TextScore): void {
    if (group.members[0]?.split === 'probe') return;
    const lines = scoredLines(group, score);
    appendFileSync(this.#file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

/** The lines of a group, one per completion. */
function scoredLines({ name, members }: WholeGroup, score: TextScore): readonly ScoredLine[] {
  return members.map(
    ({ sample: wire, completion, opened, step, member, split }, index): ScoredLine => {
      const sample = asSample(wire, name);
      const { questionKind, map, meta } = sample;
      return {
        version: FORMAT_VERSIONS['rollouts.jsonl'],
        step: step ?? 0,
        sampleId: sample.id,
        kind: questionKind ?? sample.problemType,
        problemType: sample.problemType,
        source: sample.source,
        problem: sample.problem,
        options: sample.options,
        solution: sample.solution,
        media: sample.media,
        ...(map && { map }),
        ...(meta && { meta }),
        ...(opened !== undefined && { opened }),
        completion: index,
        text: cutCompletion(completion.text).text,
        tokens: completion.tokenCount ?? 0,
        finishReason: completion.finishReason,
        reward: finiteOrNull(score.rewards[index]),
        outcomes: outcomesOf(score, index),
        contributions: contributionsOf(score, index),
        advantage: null,
        group: name,
        member,
        split,
      };
    },
  );
}

function outcomesOf(
  { outcomes }: TextScore,
  index: number,
): Readonly<Record<string, RewardOutcome>> {
  return Object.fromEntries([...outcomes].map(([name, found]) => [name, found[index]!]));
}

function contributionsOf(
  { contributions }: TextScore,
  index: number,
): Readonly<Record<string, RolloutContribution>> {
  return Object.fromEntries(
    [...contributions].map(([name, { values, weight, closed }]) => {
      const reason = closed?.[index];
      const value = finiteOrNull(values[index]);
      return [name, { value, weight, ...(reason !== undefined && { closed: reason }) }];
    }),
  );
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
