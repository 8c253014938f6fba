import { type CompileExpression, type ExpressionProblem } from '../expression/compile.ts';
import { bareTextHint } from '../expression/hints.ts';
import { type DeclaredNames } from '../expression/names.ts';
import { compileTemplate, type Template } from '../expression/template.ts';
import { type NodeCompiler, type NodeRun } from '../nodes/define-node.ts';
import { type FileDefaults } from './flow-schema.ts';
import { type ParsedNode } from './read-node.ts';
import { type SourceFile } from './source-file.ts';
import { singleBraces } from './single-braces.ts';
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
const FAULTY: Template = {
  isFixed: false,
  fixedText: '',
  render: () => '',
  renderWith: () => '',
  value: () => '',
  pieces: () => [],
  startsComputed: false,
  secrets: [],
};

/**
 * Compiles one node. What comes of it lives as long as the set does, and most of it keeps its compiler alive; so at the end
 * the compiler lets go of the file, which is much larger.
 */
export function compileNode(node: ParsedNode, context: CompileContext): NodeRun {
  const { defaults } = context;
  const bench: Bench = { work: { ...context, node } };
  const run = node.compile({
    ...compilerAt(bench),
    maxRetries: defaults?.retry_policy?.max_retries,
    timeoutMs: node.timeoutMs ?? defaults?.timeout,
  });
  bench.work = undefined;
  return run;
}

type Work = CompileContext & { node: ParsedNode };

/** Holds what is being compiled, as long as it is. */
interface Bench {
  work: Work | undefined;
}

function compilerAt(bench: Bench): NodeCompiler {
  const template: NodeCompiler['template'] = (text, path) => templateAt(workAt(bench), text, path, false);
  return {
    template,
    secretTemplate: (text, path) => templateAt(workAt(bench), text, path, true),
    condition: (source, path) => {
      const work = workAt(bench);
      const { problems, unknownNames, expression } = work.compile(source, work.declared);
      reportProblems(work, [...problems, ...unknownNames], source, path);
      return expression;
    },
    tree: (value, path) => compileTree(value, path, template),
    data: (value, path) => compileTree(value, path, template, { keepsTypes: true }),
    report: (code, path, message, fix) => {
      const { file, yaml, node } = workAt(bench);
      const full = node.configPath(path);
      const place = code === 'E105' || code === 'W113' ? yaml.placeOfKey(full) : yaml.placeOf(full);
      file.report({ code, place, message, fix });
    },
  };
}

function workAt({ work }: Bench): Work {
  if (work) return work;
  throw new Error('Cannot compile a part of a node: its node is compiled already');
}

function templateAt(work: Work, text: string, path: YamlPath, allowSecrets: boolean): Template {
  const { compile, declared } = work;
  const { problems, unknownNames, template } = compileTemplate(text, compile, declared, { allowSecrets });
  reportProblems(work, [...problems, ...unknownNames.map(asWarning)], text, path);
  reportSingleBraces(work, text, path);
  return template ?? FAULTY;
}

/** Problems of a text or an expression. */
function reportProblems(
  work: Work,
  problems: readonly ExpressionProblem[],
  text: string,
  path: YamlPath,
): void {
  const { file, yaml, node } = work;
  for (const { code, message, fix, start, end } of problems) {
    const bareText = code === 'E202' || code === 'W201' ? bareTextHint(text, start, end) : undefined;
    file.report({
      code,
      message: message.replace('unexpected token: EOF', 'it ends too early'),
      fix: bareText !== undefined && fix?.startsWith('did') ? `${fix} Or ${bareText}` : (fix ?? bareText),
      place: yaml.placeInText(node.configPath(path), start, end),
    });
  }
}

/** W124: `{contact.name}` in a text, once for each text. */
function reportSingleBraces({ file, yaml, node, declared }: Work, text: string, path: YamlPath): void {
  const found = singleBraces(text, declared);
  if (!found) return;
  const { name, start, end } = found;
  file.report({
    code: 'W124',
    place: yaml.placeInText(node.configPath(path), start, end),
    message: `The text holds \`{${name}}\` as it is: single braces are not filled in`,
    fix: `write \`{{${name}}}\``,
  });
}

function asWarning(problem: ExpressionProblem): ExpressionProblem {
  return { ...problem, code: 'W201' };
}
