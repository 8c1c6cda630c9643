/** Formats the statistics of generated questions. */
import type { SceneStatistics } from '@loci/datasets';
import { renderTable } from './table.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Tables of kinds and sources, and lines about scenes, objects and letters. */
export function statisticsText(statistics: SceneStatistics, width?: number): string {
  const { scenes, objects, letters, sources } = statistics;
  const { listed, sameSpace } = scenes.excluded;
  return [
    kindsTable(statistics, width),
    '',
    renderTable(
      ['source', 'scenes', 'questions', 'share'],
      sources.map((row) => [row.source, `${row.scenes}`, `${row.questions}`, percent(row.share)]),
      width,
    ),
    '',
    `scenes   ${scenes.given} given, ${scenes.unusable} unusable, ${listed + sameSpace} excluded ` +
      `(${listed} listed, ${sameSpace} of the same space), ${scenes.asked} asked`,
    ...(scenes.unmetNames === 0
      ? []
      : [`         ${scenes.unmetNames} names of the lists belong to no scene given`]),
    `objects  ${objects.annotated} annotated, ${objects.ignored} ignored, ${objects.unseen} never seen, ` +
      `${objects.small} too small and ${objects.faint} seen too badly to be asked about`,
    ...(Object.keys(letters).length === 0
      ? []
      : [
          `letters  ${Object.entries(letters)
            .map(([letter, count]) => `${letter} ${count}`)
            .join(', ')}`,
        ]),
  ].join('\n');
}

/** The six kinds, each followed by its parts where it has several. */
function kindsTable(
  { kinds, questions, scarcest }: SceneStatistics,
  width: number | undefined,
): string {
  const rows = kinds.flatMap(({ kind, questions: count, share, wanted, offered, parts }) => {
    const note =
      offered === 0
        ? 'not to be had'
        : kind === scarcest
          ? 'the scarcest: it decides how many there are'
          : count < wanted
            ? `${wanted} wanted`
            : '';
    const commonest = (part: (typeof parts)[number]): string =>
      `${part.commonestClass.name} ${percent(part.commonestClass.share)}`;
    const [only] = parts;
    const whole = [kind, `${count}`, percent(share), `${offered}`];
    if (parts.length === 1) return [[...whole, commonest(only!), note]];
    return [
      [...whole, '', note],
      ...parts.map((part) => [
        `  ${part.kind}`,
        `${part.questions}`,
        percent(part.questions / questions),
        '',
        commonest(part),
        '',
      ]),
    ];
  });
  const total = ['all', `${questions}`, percent(1), '', '', ''];
  const header = ['kind', 'questions', 'share', 'offered', 'commonest answer', ''];
  return renderTable(header, [...rows, total], width);
}
