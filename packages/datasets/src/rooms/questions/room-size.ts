/** The floor area of the room in square metres. */
import { fits, numberClasses, type QuestionKind } from './question.ts';

/** Equal ratios between the smallest and the largest room, 3.5 m and 7 m a side. */
const CLASSES = numberClasses([12.2, 17.3, 24.5, 34.6, 49.1]);

/** Steps: width and depth, the area. */
export const roomSize: QuestionKind = {
  name: 'room-size',
  classes: () => CLASSES.names,
  ask: (scene, _random, wanted) => {
    const answer = scene.areaM2.toFixed(1);
    const answerClass = CLASSES.of(Number(answer));
    if (!fits(answerClass, wanted)) return undefined;
    const sides = scene.sidesM?.map((side) => side.toFixed(1));
    return {
      problem: 'how many square metres is the floor of the room?',
      answer,
      steps: sides === undefined ? answer : `w ${sides[0]} d ${sides[1]} ${answer}`,
      answerClass: answerClass ?? 'other',
    };
  },
};
