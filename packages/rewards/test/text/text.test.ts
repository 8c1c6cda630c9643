import { describe, expect, test } from '@jest/globals';
import { stem } from '../../src/text/porter-stemmer.ts';
import { rouge } from '../../src/text/rouge.ts';
import { wordErrorRate } from '../../src/text/word-error-rate.ts';

describe('the stemmer', () => {
  test.each([
    ['generalizations', 'gener'],
    ['running', 'run'],
    ['flies', 'fli'],
    ['dies', 'die'],
    ['died', 'die'],
    ['spied', 'spi'],
    ['agreed', 'agre'],
    ['hopping', 'hop'],
    ['hoping', 'hope'],
    ['falling', 'fall'],
    ['happy', 'happi'],
    ['enjoy', 'enjoy'],
    ['say', 'say'],
    ['relational', 'relat'],
    ['conditionally', 'condit'],
    ['analogies', 'analog'],
    ['hopefulli', 'hope'],
    ['adjustment', 'adjust'],
    ['adoption', 'adopt'],
    ['skies', 'sky'],
    ['controlling', 'control'],
    ['by', 'by'],
  ])('%s becomes %s', (word, expected) => expect(stem(word)).toBe(expected));
});

describe('ROUGE', () => {
  test('counts words, pairs and order', () => {
    expect(rouge('one two three four', 'four three two one')).toEqual({
      rouge1: 1,
      rouge2: 0,
      rougeL: 0.25,
    });
    expect(rouge('hello world', 'hello big world').rougeL).toBeCloseTo(0.8);
  });

  test('stems words of more than three letters and forgets case and punctuation', () => {
    expect(rouge('Opening the doors!', 'opens, the door').rouge1).toBe(1);
  });

  test('does not see other scripts', () => {
    expect(rouge('漢字', '漢字')).toEqual({ rouge1: 0, rouge2: 0, rougeL: 0 });
  });
});

describe('the word error rate', () => {
  test.each([
    ['', '', 0],
    ['', 'x y z', 3],
    ['a', 'a a a', 2],
    ['a b c', 'a c', 1 / 3],
    ['a b c', 'a x c', 1 / 3],
    ['a\u3000b', 'a b', 0],
    ['Exit', 'exit', 1],
  ])('%j said as %j: %d', (truth, said, rate) =>
    expect(wordErrorRate(truth, said)).toBeCloseTo(rate),
  );
});
