import { join } from 'node:path';
import { TASK_KINDS } from '../tempcompass/kinds.ts';
import type { TaskKind } from '../tempcompass/kinds.ts';
import { placeText, placeVideo } from './fixture-files.ts';
import type { FixtureMedia } from './fixture-files.ts';
import { writeTable } from './write-table.ts';

interface Item {
  readonly question: string;
  readonly answer: string;
}

const CHOICE: Item = {
  question: 'What happens to the cup?\nA. falling\nB. rising\nC. turning',
  answer: 'B. rising',
};
const ITEMS: Readonly<Record<TaskKind, readonly Item[]>> = {
  'multi-choice': [CHOICE],
  yes_no: [
    { question: 'Is the cup rising?', answer: 'yes' },
    { question: 'Is the cup falling?', answer: 'no' },
  ],
  caption_matching: [
    {
      question:
        'Which caption matches the video better?\nCaption A: A cup falls.\nCaption B: A cup rises.',
      answer: 'Caption B: A cup rises.',
    },
  ],
  captioning: [
    {
      question:
        "Choose what fits the video and write a caption.\nInformation A: {'cup': 'falling'}\nInformation B: {'cup': 'rising'}\nGenerated Caption:",
      answer: 'B. rising',
    },
  ],
};
const VIDEOS = ['1034419625', '1034419625_reverse'];
const ASPECTS = ['action', 'direction'];

/** Where the questions come from: the hub's parquet files, or the JSON files of the project. */
export type QuestionSource = 'hub' | 'project';

/** Writes TempCompass in small: two videos with two aspects, all four kinds of task. */
export function writeTempCompassFolder(
  folder: string,
  media: FixtureMedia,
  source: QuestionSource = 'hub',
): void {
  for (const kind of TASK_KINDS) {
    if (source === 'hub') writeHubQuestions(folder, kind);
    else writeProjectQuestions(folder, kind);
  }
  for (const video of VIDEOS) placeVideo(media, folder, `videos/${video}.mp4`);
}

function writeHubQuestions(folder: string, kind: TaskKind): void {
  const rows = VIDEOS.flatMap((video) =>
    ASPECTS.flatMap((aspect) => ITEMS[kind].map((item) => ({ video, aspect, ...item }))),
  );
  const column = (value: (row: (typeof rows)[number]) => string) =>
    ({ feature: 'string', values: rows.map(value) }) as const;
  const judged = kind === 'captioning';
  writeTable(join(folder, kind, 'test-00000-of-00001.parquet'), {
    video_id: column(({ video }) => video),
    question: column(({ question }) => question),
    ...(judged
      ? { mc_question: column(() => CHOICE.question), mc_answer: column(() => CHOICE.answer) }
      : { answer: column(({ answer }) => answer) }),
    dim: column(({ aspect }) => aspect),
  });
}

function writeProjectQuestions(folder: string, kind: TaskKind): void {
  const byAspect = Object.fromEntries(ASPECTS.map((aspect) => [aspect, ITEMS[kind]]));
  const byVideo = Object.fromEntries(VIDEOS.map((video) => [video, byAspect]));
  placeText(folder, `questions/${kind}.json`, JSON.stringify(byVideo, null, 4));
}
