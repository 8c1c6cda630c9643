import { join } from 'node:path';
import { answerOf } from '../spar-bench/tasks.ts';
import { HIGH, LOW, MIDDLE } from '../spar-bench/tasks.ts';
import type { FixtureMedia } from './fixture-files.ts';
import { writeTable } from './write-table.ts';

const FILES = 4;
const ANSWERS = { number: '2.4', letter: 'B', actions: 'move_right:0.5,rotate_left:10' } as const;
const QUESTIONS = {
  number: 'How deep is the chair, in meters?',
  letter: 'Which is nearer?\nA. the chair\nB. the table\nC. the lamp\nD. the door',
  actions: 'How did the camera move?',
} as const;

/** Writes SPAR-Bench in small: one item a task, in four parquet files with the images in them. */
export function writeSparFolder(folder: string, { images = [] }: FixtureMedia): void {
  const tasks = [...LOW, ...MIDDLE, ...HIGH];
  for (let file = 0; file < FILES; file++) {
    const own = tasks.filter((_, index) => index % FILES === file);
    const answers = own.map((task) => answerOf(task)!);
    const several = (task: string) => task.endsWith('_mv') || MIDDLE.includes(task);
    const stored = images.map((bytes, index) => ({ bytes, path: `${index}.png` }));
    writeTable(join(folder, `data/test-0000${file}-of-00004.parquet`), {
      id: { feature: 'string', values: own.map((_, index) => String(FILES * index + file)) },
      img_type: {
        feature: 'string',
        values: own.map((task) => (several(task) ? 'multi_view' : 'single_view')),
      },
      format_type: {
        feature: 'string',
        values: answers.map((answer) => (answer === 'letter' ? 'select' : 'fill')),
      },
      task: { feature: 'string', values: own },
      source: { feature: 'string', values: own.map(() => 'scannet') },
      image: {
        feature: 'images',
        values: own.map((task) => (several(task) ? stored : stored.slice(0, 1))),
      },
      question: { feature: 'string', values: answers.map((answer) => QUESTIONS[answer]) },
      answer: { feature: 'string', values: answers.map((answer) => ANSWERS[answer]) },
    });
  }
}
