/** Writes a diagnosis as a Markdown page. */
import type { Figure } from '@loci/core';
import type { Diagnosis, KindFigures, MapFigures } from './figures.ts';

const ABSENT = '–';

const number = (value: number): string => value.toFixed(3);

function withHalf(figure: Figure | undefined): string {
  if (figure === undefined) return ABSENT;
  return `${number(figure.value)} ± ${number((figure.high - figure.low) / 2)}`;
}

function withBounds(figure: Figure | undefined): string {
  if (figure === undefined) return ABSENT;
  const sign = figure.value > 0 ? '+' : '';
  return `${sign}${number(figure.value)} [${number(figure.low)}, ${number(figure.high)}]`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function answersRow(kind: KindFigures): readonly string[] {
  const { reader, foreign } = kind;
  return [
    kind.name,
    `${kind.free.count}`,
    withHalf(kind.free),
    withHalf(kind.forcedTrue),
    withHalf(kind.forcedNoisy),
    withBounds(kind.gainOfTrue),
    withHalf(reader?.ofTrue),
    reader === undefined ? ABSENT : reader.share.toFixed(2),
    withHalf(reader?.ofOwn),
    withHalf(foreign?.own ?? kind.foreignOwn),
    withHalf(foreign?.other),
    withBounds(foreign?.follows),
  ];
}

const ANSWERS = [
  'kind',
  'questions',
  'free',
  'true map forced',
  'noisy map forced',
  'true − free',
  'exact reader of the true map',
  'true / exact reader',
  'exact reader of its own map',
  "another room's map: scored on its own room",
  'scored on the other room',
  'other − own',
];

function mapsRow(name: string, maps: MapFigures | undefined): readonly string[] {
  return [
    name,
    maps === undefined ? '0' : `${maps.withinOneCell.count}`,
    withHalf(maps?.withinOneCell),
    withHalf(maps?.exactCell),
    withHalf(maps?.calibrated),
  ];
}

/** The page. @param model name of the model, for people. */
export function diagnosisPage(model: string, diagnosis: Diagnosis): string {
  const { kinds, fresh, trained, gap } = diagnosis;
  return `${[
    `# Does ${model} answer from its map?`,
    'Held-out rooms, greedy completions, films that are not compressed. ± is half of the 95 % interval; brackets hold paired intervals.',
    table(ANSWERS, kinds.map(answersRow)),
    '"Other − own" above zero: with another room\'s map forced, the answers are those of that room. The noisy map has every object two cells away.',
    table(
      ['rooms', 'count', 'objects within a cell', 'exact cell', 'calibrated map score'],
      [mapsRow('trained on', trained), mapsRow('fresh', fresh)],
    ),
    `Objects within a cell, trained on − fresh: ${withBounds(gap)}.`,
  ].join('\n\n')}\n`;
}
