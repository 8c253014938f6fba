import { type CompileExpression, type Expression, type ExpressionProblem } from '../expression/compile.ts';
import { type DeclaredNames } from '../expression/names.ts';
import { compileTemplate, type Template } from '../expression/template.ts';
import { type NodeCompiler, type RunNode } from '../nodes/define-node.ts';
import { type FileDefaults } from './flow-schema.ts';
import { type ParsedNode } from './read-node.ts';
import { type SourceFile } from './source-file.ts';
import { compileTree } from './tree.ts';
import { type YamlFile, type YamlPath } from './yaml-file.ts';

export interface CompileContext {
  file: SourceFile;
  yaml: YamlFile;
  compile: CompileExpression;
  declared: DeclaredNames;
  defaults: FileDefaults | undefined;
}

// Stands in for a faulty template: it keeps the check going, and never runs, because the set is refused.
const FAULTY: Template = { isFixed: false, fixedText: '', render: () => '', value: () => '', reads: [] };

export function compileNode(node: ParsedNode, context: CompileContext): RunNode {
  const { file, yaml, compile, declared, defaults } = context;
  const reportProblems = (problems: readonly ExpressionProblem[], path: YamlPath) => {
    for (const { code, message, fix, start, end } of problems) {
      file.report({ code, message, fix, place: yaml.placeInText(node.configPath(path), start, end) });
    }
  };
  const template = (text: string, path: YamlPath): Template => {
    const compiled = compileTemplate(text, compile, declared);
    reportProblems(compiled.problems, path);
    reportProblems(compiled.unknownNames.map(asWarning), path);
    return compiled.template ?? FAULTY;
  };
  const condition = (source: string, path: YamlPath): Expression | undefined => {
    const compiled = compile(source, declared);
    reportProblems([...compiled.problems, ...compiled.unknownNames], path);
    return compiled.expression;
  };
  const compiler: NodeCompiler = {
    template,
    condition,
    tree: (value, path) => compileTree(value, path, template),
    report: (code, path, message, fix) => {
      const full = node.configPath(path);
      const place = code === 'E105' || code === 'W113' ? yaml.placeOfKey(full) : yaml.placeOf(full);
      file.report({ code, place, message, fix });
    },
    maxRetries: defaults?.retry_policy?.max_retries,
  };
  return node.compile(compiler);
}

function asWarning(problem: ExpressionProblem): ExpressionProblem {
  return { ...problem, code: 'W201' };
}
