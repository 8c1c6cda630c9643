/** Turns rooms into lessons: films them in memory, and encodes their questions for a policy. */
import {
  readChatTemplate,
  readTokenizer,
  type ChatTemplate,
  type Model,
  type TextCodec,
} from '@loci/backends';
import type { ReadoutExample } from '@loci/backends/internal';
import { resizePicture } from '@loci/media';
import type { Picture, Size } from '@loci/media';
import {
  type CognitiveMap,
  type EncodedMedia,
  type EncodedPrompt,
  type Message,
  type PromptTemplate,
  type Sample,
  type TrainingGroup,
} from '@loci/core';
import {
  CATEGORIES,
  renderRoom,
  roomSeries,
  type AskedQuestion,
  type AskedRoom,
  type RoomScene,
} from '@loci/datasets';
import { SEEN_RATE, type PretrainRecipe } from './recipe.ts';
import { startFrames } from './start-frames.ts';
import type { Stretch } from './worked-steps.ts';

/** A filmed room with its questions. */
export interface Lesson {
  readonly room: AskedRoom;
  /** Frames at the size that the model sees. */
  readonly frames: readonly Picture[];
}

/** Size of the film before scaling, as in the rooms dataset. */
const FILM = { frames: 8, height: 112, width: 168 };
/** Classes of the read-out: columns, rows, and counts from 0 to 3. */
export const READOUT_CLASSES: readonly number[] = [10, 10, 4];

/** Films a room. @param seen size of a frame for the model. */
export function filmOf(scene: RoomScene, seen: Size): readonly Picture[] {
  const film = renderRoom(scene, FILM);
  const frameBytes = FILM.height * FILM.width * 3;
  return Array.from({ length: FILM.frames }, (_, frame) =>
    resizePicture(
      {
        width: FILM.width,
        height: FILM.height,
        pixels: film.pixels.subarray(frame * frameBytes, (frame + 1) * frameBytes),
      },
      seen.width,
      seen.height,
    ),
  );
}

/** Draws and films the rooms of a split, one after the other. @param seen size of a frame for the model. */
export function* drawLessons(
  recipe: PretrainRecipe,
  split: 'train' | 'test',
  rooms: number,
  seen: Size,
): Generator<Lesson> {
  const { seed, questionsPerRoom: questionsPerScene, kinds } = recipe;
  for (const room of roomSeries({ seed, split, scenes: rooms, questionsPerScene, kinds })) {
    yield { room, frames: filmOf(room.scene, seen) };
  }
}

/** A question of a lesson as a dataset's sample. */
export function sampleOf({ room }: Lesson, question: number): Sample {
  return sampleOfQuestion(room.questions[question]!, `${room.index}/${question}`);
}

/** A question as a dataset's sample. */
export function sampleOfQuestion(question: AskedQuestion, id: string): Sample {
  const { problem, options, problemType, solution, map, kind, demonstration } = question;
  return {
    id,
    problem,
    options,
    problemType,
    solution,
    media: [{ kind: 'video', path: `room-${id.split('/')[0]!}.mp4` }],
    source: 'SR_dataset',
    questionKind: kind,
    map,
    demonstration,
  };
}

/** Labels of a map for the read-out: column and row of categories with one object (−1 for others), and the count of every category. */
export function readoutLabels(map: CognitiveMap): Int32Array[] {
  const cells = CATEGORIES.map((category) => map[category] ?? []);
  const single = (axis: 0 | 1) =>
    Int32Array.from(cells, (own) => (own.length === 1 ? own[0]![axis] : -1));
  return [single(0), single(1), Int32Array.from(cells, ({ length }) => Math.min(length, 3))];
}

function withoutMedia({ role, parts }: Message): Message {
  return { role, parts: parts.filter(({ type }) => type === 'text') };
}

/** Encodes lessons for a policy. */
export class LessonEncoder {
  readonly #model: Model;
  readonly #codec: TextCodec;
  readonly #render: ChatTemplate;
  readonly #prompt: PromptTemplate;

  private constructor(
    model: Model,
    codec: TextCodec,
    render: ChatTemplate,
    prompt: PromptTemplate,
  ) {
    this.#model = model;
    this.#codec = codec;
    this.#render = render;
    this.#prompt = prompt;
  }

  /** Reads tokenizer and chat template of a model folder. */
  static async open(folder: string, model: Model, prompt: PromptTemplate): Promise<LessonEncoder> {
    const codec = await readTokenizer(folder);
    return new LessonEncoder(model, codec, await readChatTemplate(folder), prompt);
  }

  /** The film of a lesson as patches. */
  video({ frames }: Pick<Lesson, 'frames'>): EncodedMedia {
    const cut = this.#model.prompts.cutPatches(frames, startFrames(this.#model));
    const frameSeconds = frames.map((_, frame) => frame / SEEN_RATE.fps);
    return { kind: 'video', ...cut, secondsPerGrid: 1, frameSeconds };
  }

  /** A film with the labels of its map. */
  readout(lesson: Lesson): ReadoutExample {
    return { video: this.video(lesson), labels: readoutLabels(lesson.room.questions[0]!.map) };
  }

  /** A film with the labels of a map that comes without questions. */
  readoutOf(frames: readonly Picture[], map: CognitiveMap): ReadoutExample {
    return { video: this.video({ frames }), labels: readoutLabels(map) };
  }

  /** A question with a film, to be completed. @param begun given beginning of the completion. */
  asked(messages: readonly Message[], frames: readonly Picture[], begun = ''): EncodedPrompt {
    const media = [this.video({ frames })];
    const ids = this.#model.prompts.encode(this.#render(messages), media, this.#codec);
    return { tokenIds: Int32Array.of(...ids, ...this.#codec.encode(begun)), media };
  }

  /**
   * A question with a completion in which some stretches are learned: their weights are 1, those of the others 0.
   *
   * @param frames the film; the question may come without one.
   */
  stretches(
    messages: readonly Message[],
    frames: readonly Picture[] | undefined,
    parts: readonly Stretch[],
  ): TrainingGroup {
    const media = frames === undefined ? [] : [this.video({ frames })];
    const shown = frames === undefined ? messages.map(withoutMedia) : messages;
    const tokens: number[] = [];
    const weights: number[] = [];
    for (const { text, learned } of parts) {
      const ids = this.#codec.encode(text);
      tokens.push(...ids);
      weights.push(...new Array<number>(ids.length).fill(learned ? 1 : 0));
    }
    tokens.push(this.#model.tokens.eos[0]!);
    weights.push(1);
    return {
      prompt: {
        tokenIds: this.#model.prompts.encode(this.#render(shown), media, this.#codec),
        media,
      },
      completions: [Int32Array.from(tokens)],
      targets: [{ weights: Float32Array.from(weights) }],
    };
  }

  /** A question with its worked completion; the weights are 1, not yet normalized. */
  demonstration(lesson: Lesson, question: number): TrainingGroup {
    const sample = sampleOf(lesson, question);
    const media = [this.video(lesson)];
    const text = this.#render(this.#prompt.render(sample));
    const completion = this.#codec.encode(sample.demonstration!);
    const tokens = Int32Array.of(...completion, this.#model.tokens.eos[0]!);
    return {
      prompt: { tokenIds: this.#model.prompts.encode(text, media, this.#codec), media },
      completions: [tokens],
      targets: [{ weights: new Float32Array(tokens.length).fill(1) }],
    };
  }
}

/** Texts with the tokenizer's words: every rendered question and every demonstration of the lessons. */
export function* lessonTexts(
  lessons: readonly Lesson[],
  prompt: PromptTemplate,
): Generator<string> {
  for (const lesson of lessons) {
    for (let question = 0; question < lesson.room.questions.length; question++) {
      const sample = sampleOf(lesson, question);
      for (const { parts } of prompt.render(sample)) {
        for (const part of parts) if (part.type === 'text') yield part.text;
      }
      yield sample.demonstration!;
    }
  }
}
