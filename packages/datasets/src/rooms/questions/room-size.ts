/** Asks for the floor area of the room in square meters. */
import { fits, numberClasses, rulesOf, type QuestionKind } from './question.ts';

/** Equal ratios between the smallest and the largest room, 3.5 m and 7 m a side. */
const CLASSES = numberClasses([12.2, 17.3, 24.5, 34.6, 49.1]);

/** Steps: width and depth, the area. */
export const roomSize: QuestionKind = {
  name: 'room-size',
  classes: () => CLASSES.names,
  *drafts(scene, _random, wanted) {
    if (scene.areaM2 === undefined) return;
    const answer = scene.areaM2.toFixed(1);
    const answerClass = CLASSES.of(Number(answer));
    if (!fits(answerClass, wanted)) return;
    const sides = scene.sidesM?.map((side) => side.toFixed(1));
    yield {
      problem: rulesOf(scene).wording.roomSize(),
      answer,
      steps: sides === undefined ? answer : `w ${sides[0]} d ${sides[1]} ${answer}`,
      answerClass: CLASSES.orBeyond(Number(answer)),
    };
  },
};
