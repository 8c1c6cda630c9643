/** Makes the examples of every step of a pretraining, from a fixed set of rooms or from a course of fresh ones. */
import {
  deriveSeed,
  randomStream,
  type PromptTemplate,
  type RandomStream,
  type TrainingGroup,
} from '@loci/core';
import type { ReadoutExample } from '@loci/backends/internal';
import type { Size } from '@loci/media';
import { asLearnedMean, courseTexts, drillsOfStep, filmsOfStep, lessonsOfStep } from './course.ts';
import { FreshRooms, stepStream } from './fresh-rooms.ts';
import { drawLessons, lessonTexts, type Lesson, type LessonEncoder } from './lessons.ts';
import type { Course, PretrainRecipe } from './recipe.ts';

/** The examples of every step. They depend only on the step, so that a stopped pretraining continues as if it had not stopped. */
export interface Teaching {
  /** Texts that contain every word. */
  readonly texts: Iterable<string>;
  warmUp(step: number, encoder: LessonEncoder): ReadoutExample[];
  /** Examples of the phase of drills; absent where the recipe has none. */
  drills?(step: number, encoder: LessonEncoder): TrainingGroup[];
  /** The weights of learned tokens sum to 1. */
  imitation(step: number, encoder: LessonEncoder): TrainingGroup[];
}

/** A seeded draw of `count` items, with repetition. */
function draw<Item>(items: readonly Item[], count: number, random: RandomStream): Item[] {
  return Array.from({ length: count }, () => items[Math.floor(random() * items.length)]!);
}

/** The lessons of `recipe.rooms` rooms, which are filmed first. @param filmed receives the number of filmed rooms. */
function knownRooms(
  recipe: PretrainRecipe,
  prompt: PromptTemplate,
  seen: Size,
  filmed: (rooms: number) => void,
): Teaching {
  const lessons: Lesson[] = [];
  for (const lesson of drawLessons(recipe, 'train', recipe.rooms, seen)) {
    filmed(lessons.push(lesson));
  }
  const { seed } = recipe;
  return {
    texts: lessonTexts(lessons, prompt),
    warmUp(step, encoder) {
      const random = randomStream(deriveSeed(seed, 'warm-up', step));
      return draw(lessons, recipe.warmUp.batch, random).map((lesson) => encoder.readout(lesson));
    },
    imitation(step, encoder) {
      const random = randomStream(deriveSeed(seed, 'supervised', step));
      return asLearnedMean(
        draw(lessons, recipe.supervised.batch, random).map((lesson) =>
          encoder.demonstration(lesson, Math.floor(random() * lesson.room.questions.length)),
        ),
      );
    },
  };
}

/** Fresh rooms at every step, and lessons in reading maps. */
function freshCourse(
  recipe: PretrainRecipe & { readonly course: Course },
  prompt: PromptTemplate,
  seen: Size,
): Teaching {
  const { seed, course, warmUp } = recipe;
  const rooms = new FreshRooms(deriveSeed(seed, 'fresh-rooms'), recipe.rooms, seen);
  const { freshRooms, drilled } = course;
  const afterWarmUp = recipe.base === undefined ? warmUp.steps * freshRooms.warmUp : 0;
  const filmed = drilled?.films ? drilled.steps : 0;
  const afterDrills = afterWarmUp + filmed * freshRooms.supervised;
  return {
    texts: courseTexts(recipe.kinds, prompt, stepStream(seed, 'words', 0)),
    warmUp(step, encoder) {
      rooms.moveTo(step * freshRooms.warmUp);
      const random = stepStream(seed, 'warm-up', step);
      return Array.from({ length: warmUp.batch }, () => {
        const { scene, frames } = rooms.draw(random);
        return encoder.readoutOf(frames(), scene.map);
      });
    },
    drills(step, encoder) {
      const { batch, films = 0 } = drilled!;
      const parts = { recipe, encoder, prompt, rooms };
      const random = stepStream(seed, 'drills', step);
      if (films === 0 || stepStream(seed, 'films', step)() >= films) {
        return drillsOfStep(parts, batch, random);
      }
      rooms.moveTo(afterWarmUp + step * freshRooms.supervised);
      return filmsOfStep(parts, batch, random);
    },
    imitation(step, encoder) {
      rooms.moveTo(afterDrills + step * freshRooms.supervised);
      return lessonsOfStep({ recipe, encoder, prompt, rooms }, stepStream(seed, 'imitation', step));
    },
  };
}

/** The teaching of a recipe. @param filmed receives the number of rooms filmed so far, where all are filmed first. */
export function teachingOf(
  recipe: PretrainRecipe,
  prompt: PromptTemplate,
  seen: Size,
  filmed: (rooms: number) => void,
): Teaching {
  const { course } = recipe;
  return course === undefined
    ? knownRooms(recipe, prompt, seen, filmed)
    : freshCourse({ ...recipe, course }, prompt, seen);
}
