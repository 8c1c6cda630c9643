/**
 * Who imports whom: every import of a source file that leads to a source file of the workspace. Types count like values,
 * `export … from` and `import('./x.ts')` like `import`. A name of ours (`@loci/core`) leads to the file that its package.json
 * exports. Comments, strings and what a program puts together while it runs are not seen.
 */
import { posix } from 'node:path';
import ts from 'typescript';

/** One import: the two files as paths from the workspace's root, and the line in the importer. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Texts of source files by their paths from the workspace's root, with `/` between folders. */
export type SourceTree = ReadonlyMap<string, string>;

/**
 * The imports between the files of a tree.
 *
 * @param packageEntries The file behind each name under which a package of ours is imported.
 * @example importsOf(new Map([['a.ts', "import './b.ts';"], ['b.ts', '']])) // [{ from: 'a.ts', to: 'b.ts', line: 1 }]
 */
export function importsOf(
  tree: SourceTree,
  packageEntries: ReadonlyMap<string, string> = new Map(),
): readonly Import[] {
  return [...tree].flatMap(([from, text]) => {
    const source = ts.createSourceFile(from, text, ts.ScriptTarget.ESNext);
    return specifiersIn(source).flatMap(({ text: specifier, pos }) => {
      const to = specifier.startsWith('.')
        ? posix.join(posix.dirname(from), specifier)
        : packageEntries.get(specifier);
      if (to === undefined || !tree.has(to)) return [];
      return [{ from, to, line: source.getLineAndCharacterOfPosition(pos).line + 1 }];
    });
  });
}

/** All module names that a file spells out, wherever they stand in it. */
function specifiersIn(source: ts.SourceFile): readonly ts.StringLiteralLike[] {
  const found: ts.StringLiteralLike[] = [];
  const visit = (node: ts.Node): void => {
    const name = specifierOf(node);
    if (name !== undefined && ts.isStringLiteralLike(name)) found.push(name);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return node.argument.literal;
  }
  const isDynamic =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic ? node.arguments[0] : undefined;
}
