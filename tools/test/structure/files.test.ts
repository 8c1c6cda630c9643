import { describe, expect, test } from '@jest/globals';
import { tooLong, undocumented } from '../../src/structure/files.ts';

describe('rules of one file', () => {
  test('a file past 300 lines is named with its length', () => {
    expect(tooLong('a.ts', 'x\n'.repeat(300))).toEqual([]);
    expect(tooLong('a.ts', 'x\n'.repeat(301))[0]!.rule).toContain('301 lines');
  });

  test('an export needs a doc comment right above it, decorators aside', () => {
    expect(undocumented('a.ts', '/** What. */\nexport function f() {}\n')).toEqual([]);
    expect(undocumented('a.ts', '/** What. */\n@injectable()\nexport class A {}\n')).toEqual([]);
    expect(undocumented('a.ts', '// no\nexport const f = 1;\n')[0]!.rule).toContain('f');
  });

  test('overloads share one comment', () => {
    const text = '/** What. */\nexport function f(a: 1): 1;\nexport function f(a: 2): 2;\n';
    expect(undocumented('a.ts', text)).toEqual([]);
  });
});
