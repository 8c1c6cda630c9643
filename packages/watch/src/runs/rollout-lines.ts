/** Prepares lines of `rollouts.jsonl` for the page. Core reads each line, whichever release wrote it. */
import { currentRolloutLine, extractMapText, parseCognitiveMap, turnText } from '@loci/core';
import type { CognitiveMap, MediaReference, RolloutLine } from '@loci/core';
import type { GroupMember, MediumView, RolloutRow } from '../wire/wire.ts';
import { finiteOrNull, parsedObject } from './parsed.ts';
import { imaginedDrawing } from './scene-drawings.ts';

/** Characters of a text in a list. */
const EXCERPT = 280;

/**
 * A line in this release's form; undefined for a damaged line.
 *
 * @throws LociError `format-newer` when a later release wrote it.
 */
export function parseRollout(text: string, place: string): RolloutLine | undefined {
  const line = parsedObject(text);
  return line && currentRolloutLine(line as unknown as RolloutLine, place);
}

/** A line for a list. */
export function rolloutRow(row: number, line: RolloutLine): RolloutRow {
  return {
    ...facts(row, line),
    problem: excerpt(line.problem),
    text: excerpt(line.text),
  };
}

/** A whole line for the page of its group. */
export function groupMember(row: number, line: RolloutLine): GroupMember {
  const { sceneMap } = line;
  const imagined = sceneMap ? undefined : imaginedMap(line.text, line.opened, line.map);
  const drawing = sceneMap && imaginedDrawing(line.text, line.opened, sceneMap);
  return {
    ...facts(row, line),
    problem: line.problem,
    text: line.text,
    finishReason: line.finishReason,
    outcomes: line.outcomes,
    ...(line.opened !== undefined && { opened: line.opened }),
    ...(line.contributions && { contributions: line.contributions }),
    ...(imagined && { imagined }),
    ...(drawing && { sceneDrawing: drawing }),
  };
}

function facts(row: number, line: RolloutLine): Omit<RolloutRow, 'problem' | 'text'> {
  return {
    row,
    step: line.step,
    kind: line.kind,
    sampleId: line.sampleId,
    completion: line.completion,
    reward: finiteOrNull(line.reward),
    advantage: finiteOrNull(line.advantage),
    tokens: line.tokens,
    ...(line.look !== undefined && { look: line.look }),
    ...(line.leftOut !== undefined && { leftOut: line.leftOut }),
    values: Object.fromEntries(
      Object.entries(line.outcomes).map(([name, outcome]) => [
        name,
        outcome.status === 'scored' ? finiteOrNull(outcome.value) : null,
      ]),
    ),
  };
}

function excerpt(text: string): string {
  return text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT)}…`;
}

/** The map that a completion draws, also with categories that the scene lacks; undefined where it draws none. */
export function imaginedMap(
  text: string,
  opened: string | undefined,
  truth: CognitiveMap | undefined,
): CognitiveMap | undefined {
  const drawn = extractMapText(turnText(opened, text));
  if (drawn === undefined) return undefined;
  const map = parseCognitiveMap(drawn, Object.keys(truth ?? {}), { keepUnlisted: true });
  return Object.keys(map).length === 0 ? undefined : map;
}

/** A medium without its folder. */
export function mediumView({ kind, path, second }: MediaReference): MediumView {
  const name = path.split(/[\\/]/u).at(-1) ?? '';
  return { kind, name, ...(second !== undefined && { second }) };
}
