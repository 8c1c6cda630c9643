import { describe, expect, test } from '@jest/globals';
import { formatReference, parseReference } from '../src/reference.ts';

describe('a reference', () => {
  test.each([
    ['hub:Qwen/Qwen3-VL-2B-Instruct', 'Qwen/Qwen3-VL-2B-Instruct', 'main', ''],
    ['hub:Qwen/Qwen3-VL-2B-Instruct@v1.0', 'Qwen/Qwen3-VL-2B-Instruct', 'v1.0', ''],
    ['hub:a/b/data/train.jsonl', 'a/b', 'main', 'data/train.jsonl'],
    ['hub:a/b@refs/pr/3/x.jsonl', 'a/b', 'refs/pr/3', 'x.jsonl'],
    ['hub:a/b@feature%2Fone/x', 'a/b', 'feature/one', 'x'],
    ['hub:gpt2', 'gpt2', 'main', ''],
    ['hub:models/a/b/', 'a/b', 'main', ''],
  ])('%s', (text, name, revision, path) => {
    const reference = { kind: 'model' as const, name, revision, path };
    expect(parseReference(text, 'model')).toEqual(reference);
    expect(parseReference(formatReference(reference), 'dataset')).toEqual(reference);
  });

  test('the place decides the kind, unless the reference says it', () => {
    expect(parseReference('hub:a/b', 'dataset').kind).toBe('dataset');
    expect(parseReference('hub:models/a/b', 'dataset').kind).toBe('model');
    expect(parseReference('hub:datasets/a/b', 'model')).toMatchObject({
      kind: 'dataset',
      name: 'a/b',
    });
  });

  test.each(['hub:', 'hub:a/b@', 'hub:../b', 'hub:a/..', 'hub:a/b@main/../../etc', 'hub:a b/c'])(
    '%s is none, and the message has an example',
    (text) => {
      expect(() => parseReference(text, 'model')).toThrow(/OWNER\/NAME/u);
    },
  );
});
