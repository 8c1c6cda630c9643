/** The wording of questions: one with the few words of the small model, one in whole sentences for models that read English. */

/** Levels of relative direction: left or right; those or back; the four quadrants. */
export type DirectionLevelName = 'easy' | 'medium' | 'hard';

/** The text of each kind of question. */
export interface Wording {
  absoluteDistance(a: string, b: string): string;
  appearanceOrder(categories: readonly string[]): string;
  counting(category: string): string;
  objectSize(category: string): string;
  relativeDirection(
    level: DirectionLevelName,
    observer: string,
    faced: string,
    target: string,
  ): string;
  relativeDistance(anchor: string, options: readonly string[]): string;
  roomSize(): string;
  routePlanning(from: string, at: string, to: string): string;
}

/** Less than sixty words in all; distances are between centers. */
export const PLAIN_WORDING: Wording = {
  absoluteDistance: (a, b) => `how many metres is the ${a} away from the ${b}?`,
  appearanceOrder: (categories) =>
    `in which order do these appear first: ${categories.join(', ')}?`,
  counting: (category) => `how many of this are in the room: ${category}?`,
  objectSize: (category) => `how many centimetres is the longest side of the ${category}?`,
  relativeDirection: (_level, observer, faced, target) =>
    `you stand at the ${observer} and face the ${faced}. where is the ${target}?`,
  relativeDistance: (anchor) => `which is closest to the ${anchor}?`,
  roomSize: () => 'how many square metres is the floor of the room?',
  routePlanning: (from, at, to) =>
    `you go from the ${from} to the ${at} and away to the ${to}. which is the turn?`,
};

const DIRECTIONS: Readonly<Record<DirectionLevelName, string>> = {
  easy: 'to my left or to my right?',
  medium:
    'to my left, right, or back? It is at my back when I would have to turn by at least 135 degrees to face it.',
  hard:
    'to my front left, front right, back left, or back right? These are the quarters around me, and what I am facing lies ' +
    'between the two in front.',
};

const CLOSEST_POINTS = 'Measuring from the closest point of each object,';

/** Whole sentences that ask what VSI-Bench (arXiv 2412.14171) asks, in words of our own; distances are between closest points. */
export const SENTENCE_WORDING: Wording = {
  absoluteDistance: (a, b) =>
    `${CLOSEST_POINTS} how large is the distance between the ${a} and the ${b} (in meters)?`,
  appearanceOrder: (categories) =>
    `In which order do these categories come into view for the first time in the video: ${categories.join(', ')}?`,
  counting: (category) => `How many ${category}(s) are in this room?`,
  objectSize: (category) =>
    `How long is the longest side of the ${category} (its length, width or height), in centimeters?`,
  relativeDirection: (level, observer, faced, target) =>
    `If I am standing by the ${observer} and facing the ${faced}, is the ${target} ${DIRECTIONS[level]}`,
  relativeDistance: (anchor, options) =>
    `${CLOSEST_POINTS} which of these objects (${[...options].sort().join(', ')}) is the closest to the ${anchor}?`,
  routePlanning: (from, at, to) =>
    `You begin at the ${from} and go straight to the ${at}, then straight to the ${to}. ` +
    `Which way must you turn at the ${at}: left, right, or back?`,
  roomSize: () =>
    'How large is the floor of this room, in square meters? If the video shows several rooms, take them together.',
};
