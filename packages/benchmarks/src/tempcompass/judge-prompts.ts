/** Prompts for a judge model, in words of our own. `correctnessOf` and `captionRule` read its replies. */
import type { ScorableItem } from '@loci/core';

/** Asks a judge to answer a multiple-choice question from a caption alone. */
export function captionJudgePrompt(question: string, caption: string): string {
  return [
    'You read a description of a video and a multiple-choice question about that video. Answer the question from the description',
    'alone. If the description does not tell, or fits none of the options, answer "None of the choices are correct".',
    '',
    'Write two lines:',
    'Reasoning: why you choose this answer, in a sentence',
    'Answer: the letter and the text of the option, as they are written in the question',
    '',
    `Description: ${caption}`,
    'Question:',
    question,
  ].join('\n');
}

/** Asks a judge whether an answer says the same as the true one. */
export function correctnessJudgePrompt({ question, answer }: ScorableItem, said: string): string {
  return [
    'You read a question about a video, the true answer, and the answer that a model gave. Reply with the one word "Correct" if',
    'the model\'s answer says the same as the true one, and with the one word "Incorrect" if it does not.',
    '',
    'Question:',
    question,
    `True answer: ${answer}`,
    `Model's answer: ${said}`,
  ].join('\n');
}
