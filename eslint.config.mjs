import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { houseRules } from './eslint.layers.mjs';

/** Which layer may use which: `cli -> rewards, backends, remote, benchmarks, datasets, hub, watch -> media -> core`. */
const layers = [
  { sourceTag: 'layer:core', onlyDependOnLibsWithTags: ['layer:core'] },
  { sourceTag: 'layer:media', onlyDependOnLibsWithTags: ['layer:core'] },
  { sourceTag: 'layer:plugin', onlyDependOnLibsWithTags: ['layer:media', 'layer:core'] },
  { sourceTag: 'layer:watch', onlyDependOnLibsWithTags: ['layer:media', 'layer:core'] },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: ['layer:plugin', 'layer:watch', 'layer:media', 'layer:core'],
  },
  {
    sourceTag: 'layer:tool',
    onlyDependOnLibsWithTags: [
      'layer:app',
      'layer:plugin',
      'layer:watch',
      'layer:media',
      'layer:core',
      'layer:tool',
    ],
  },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/jest*.config.cjs', 'runs/**', 'data/**'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints: layers }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
      ],
      'prefer-const': 'error',
    },
  },
  ...houseRules,
  { files: ['*.mjs', '**/*.config.mjs'], rules: { 'no-restricted-syntax': 'off' } },
);
