/** Writes questions about annotated scenes as a folder in SpaceR-151k form. The folder appears whole or not at all. */
import { existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import {
  deriveSeed,
  FolderLock,
  LociError,
  messageOf,
  permutation,
  randomStream,
  type DatasetProblem,
  type Logger,
  type RandomStream,
} from '@loci/core';
import { letterQuestion } from '../rooms/ask-room.ts';
import type { ExcludeList } from '../spacer/exclude-list.ts';
import { SPATIAL_SOURCE } from '../spacer/record.ts';
import { writeSpacerFolder, type SpacerFolderContent } from '../spacer/write-spacer-folder.ts';
import type { AnnotatedScene, ReadScenes } from '../annotated/annotated-scene.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import { prepareScene, type ObjectCounts, type PreparedScene } from './question-scene.ts';
import type { SceneRecipe } from './recipe.ts';
import { selectBalanced } from './select.ts';
import { statisticsOf, type PlacedQuestion, type SceneStatistics } from './statistics.ts';

/** The scenes to ask about, and the folder to write. */
export interface SceneFolder {
  /** Absolute; it must not exist yet, or be empty. */
  readonly folder: string;
  readonly read: readonly ReadScenes[];
  readonly exclude: ExcludeList;
  readonly recipe: SceneRecipe;
}

/** The statistics of the written folder, and the problems of scenes. */
export interface WrittenScenes {
  readonly statistics: SceneStatistics;
  readonly problems: readonly DatasetProblem[];
}

const MANIFEST = 'manifest.json';
const GENERATOR_VERSION = 1;

interface Admitted {
  readonly scenes: readonly AnnotatedScene[];
  readonly problems: readonly DatasetProblem[];
  readonly given: number;
  readonly excluded: SceneStatistics['scenes']['excluded'];
}

/** The usable scenes: not excluded, with a video, and with a unique id. */
function admit({ read, exclude, recipe }: SceneFolder): Admitted {
  const problems = read.flatMap((file) => file.problems);
  const scenes = new Map<string, AnnotatedScene>();
  const excluded = { listed: 0, sameSpace: 0 };
  let given = problems.length;
  for (const scene of read.flatMap((file) => file.scenes)) {
    given++;
    const why = exclude.why(scene.id) ?? exclude.why(scene.video);
    if (why !== undefined) {
      excluded[why === 'listed' ? 'listed' : 'sameSpace']++;
    } else if (scenes.has(scene.id)) {
      problems.push({ file: scene.video, reason: `a second scene ${scene.id}; the first counts` });
    } else if (recipe.media !== 'later' && !existsSync(scene.video)) {
      problems.push({ file: scene.video, reason: `the video of ${scene.id} is missing` });
    } else {
      scenes.set(scene.id, scene);
    }
  }
  return { scenes: [...scenes.values()], problems, given, excluded };
}

/** Positions of right options, each as frequent as the others: 2, 3 and 4 all divide 12. */
function slotDealer(random: RandomStream): () => number {
  let left: number[] = [];
  return () => {
    if (left.length === 0) left = [...permutation(12, Math.floor(random() * 2 ** 32))];
    return left.pop()!;
  };
}

function addCounts(a: ObjectCounts, b: ObjectCounts): ObjectCounts {
  const keys = Object.keys(a) as (keyof ObjectCounts)[];
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as unknown as ObjectCounts;
}

const seesNothing = ({ annotated, ignored, unseen }: ObjectCounts): boolean =>
  unseen > 0 && unseen === annotated - ignored;

const NO_OBJECTS: ObjectCounts = { annotated: 0, ignored: 0, unseen: 0, small: 0, faint: 0 };

/** Letters the chosen questions, scene by scene in the order of the files, kind by kind. */
function letter(
  chosen: readonly Candidate[],
  scenes: readonly AnnotatedScene[],
  prepared: ReadonlyMap<string, PreparedScene>,
  random: RandomStream,
): readonly PlacedQuestion[] {
  const deal = new Map<string, () => number>();
  const places = new Map(scenes.map(({ id }, index) => [id, index]));
  const inOrder = [...chosen].sort((a, b) => places.get(a.scene)! - places.get(b.scene)!);
  return inOrder.flatMap(({ scene, kind, draft }) => {
    const dealer = deal.get(kind) ?? slotDealer(random);
    deal.set(kind, dealer);
    const question = letterQuestion(prepared.get(scene)!.scene, kind, draft, random, dealer());
    const { source } = scenes[places.get(scene)!]!;
    return question === undefined ? [] : [{ scene, source, question }];
  });
}

const videoPath = ({ id, video }: AnnotatedScene): string => `videos/${id}${extname(video)}`;

function contentOf(
  asked: readonly PlacedQuestion[],
  scenes: ReadonlyMap<string, AnnotatedScene>,
): SpacerFolderContent {
  const maps = new Map(asked.map(({ scene, question }) => [scene, question.map]));
  return {
    records: asked.map(({ scene, question }, index) => ({
      problem_id: index,
      problem: question.problem,
      options: question.options,
      problem_type: question.problemType,
      solution: question.solution,
      data_type: 'video',
      path: videoPath(scenes.get(scene)!),
      data_source: SPATIAL_SOURCE,
    })),
    maps: [...maps].map(([scene, map]) => ({
      video_id: scene,
      cognitive_map: map,
      object_list: Object.keys(map),
    })),
    demonstrations: asked.map(({ question }, index) => ({
      problem_id: index,
      question_kind: question.kind,
      demonstration: question.demonstration,
    })),
  };
}

async function fill(
  folder: string,
  asked: readonly PlacedQuestion[],
  scenes: ReadonlyMap<string, AnnotatedScene>,
  media: SceneRecipe['media'],
): Promise<void> {
  await mkdir(join(folder, 'videos'), { recursive: true });
  await writeSpacerFolder(folder, contentOf(asked, scenes));
  if (media === 'later') return;
  for (const id of new Set(asked.map(({ scene }) => scene))) {
    const scene = scenes.get(id)!;
    const path = join(folder, videoPath(scene));
    await (media === 'copy' ? copyFile(scene.video, path) : symlink(scene.video, path));
  }
}

/** @throws LociError `folder-not-empty` for a file as well. */
async function refuseFilled(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const isFilled = !statSync(folder).isDirectory() || (await readdir(folder)).length > 0;
  if (!isFilled) return;
  throw new LociError('folder-not-empty', `${folder} is not empty; name a folder that is new.`);
}

/** Problems that a message lists. */
const MOST_NAMED = 3;

function noScene(
  given: number,
  { listed, sameSpace }: Admitted['excluded'],
  problems: readonly DatasetProblem[],
): LociError {
  const named = problems.slice(0, MOST_NAMED).map(({ file, reason }) => `; ${file}: ${reason}`);
  const more = problems.length > MOST_NAMED ? `; and ${problems.length - MOST_NAMED} more` : '';
  return new LociError(
    'scenes-unusable',
    `None of ${given} scenes can be used: ${listed + sameSpace} are excluded, ${problems.length} are faulty${named.join('')}${more}.`,
    { details: { problems } },
  );
}

/**
 * Asks about scenes and writes the folder. The same scenes and recipe give the same records. An error leaves nothing behind.
 *
 * @throws LociError `folder-in-use` while another process writes the folder, `folder-not-empty`, `scenes-unusable` when no scene is left,
 * `question-impossible` when the scenes offer no question, `scenes-not-written` when writing fails.
 */
export async function writeScenes(what: SceneFolder, logger: Logger): Promise<WrittenScenes> {
  const lock = FolderLock.take(what.folder, { beside: true });
  try {
    return await writeLocked(what, logger);
  } finally {
    lock.release();
  }
}

async function writeLocked(what: SceneFolder, logger: Logger): Promise<WrittenScenes> {
  const { folder, recipe, exclude } = what;
  await refuseFilled(folder);
  const { scenes, problems: found, given, excluded } = admit(what);
  const problems = [...found];
  if (scenes.length === 0) throw noScene(given, excluded, problems);
  const prepared = new Map<string, PreparedScene>();
  const candidates: Candidate[] = [];
  for (const [index, scene] of scenes.entries()) {
    const ready = prepareScene(scene, recipe);
    prepared.set(scene.id, ready);
    if (scene.camera !== undefined && seesNothing(ready.objects)) {
      const reason = `the camera of scene ${scene.id} sees none of its boxes: its x points right, y down and z into the picture`;
      problems.push({ file: scene.video, reason });
    }
    for (const kind of recipe.kinds) {
      candidates.push(...candidatesOf(scene.id, ready.scene, kind, recipe.perScene, recipe.seed));
    }
    logger.progress?.('asking scenes', index + 1, scenes.length);
    if (logger.progress === undefined && (index + 1) % 100 === 0) {
      logger.info(`scenes: ${index + 1} of ${scenes.length} asked`);
    }
  }
  const random = randomStream(deriveSeed(recipe.seed, 'scenes'));
  const selection = selectBalanced(candidates, recipe, random);
  const asked = letter(selection.chosen, scenes, prepared, random);
  const unusable = problems.length;
  const counts = { given, unusable, excluded, unmetNames: exclude.unmet.length };
  const objects = [...prepared.values()].reduce(
    (sum, ready) => addCounts(sum, ready.objects),
    NO_OBJECTS,
  );
  const statistics = statisticsOf(asked, selection, counts, objects);
  const byId = new Map(scenes.map((scene) => [scene.id, scene]));
  const unfinished = `${folder}.unfinished`;
  try {
    // A killed process may have left it: the lock keeps others out.
    await rm(unfinished, { recursive: true, force: true });
    await fill(unfinished, asked, byId, recipe.media);
    const manifest = { generator: 'scenes', version: GENERATOR_VERSION, recipe, statistics };
    await writeFile(join(unfinished, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    if (existsSync(folder)) await rm(folder, { recursive: true });
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw new LociError('scenes-not-written', `${folder} cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return { statistics, problems };
}
