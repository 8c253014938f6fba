import { Tag, type JsonObject, readAs } from '@alur/types';
import { z } from 'zod';
import { changedTags, tagsIn } from '../run/progress.ts';
import { defineNode, NodeFailure, type NodeCompiler } from './define-node.ts';

/** Of one node, and of a contact. */
const WORDS_MAX = 20;
const TAGS_MAX = 50;
const Words = z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(WORDS_MAX)]);

const TagConfig = z
  .strictObject({ add: Words.optional(), remove: Words.optional() })
  .refine(({ add, remove }) => add !== undefined || remove !== undefined, 'give `add`, `remove` or both');
type TagConfig = z.infer<typeof TagConfig>;

/** Adds or removes words by which flows sort contacts. */
export const tag = defineNode<TagConfig>({
  type: 'tag',
  doc: 'Adds tags to the contact, or removes some: what `contact.tags` and the audience of a `timer` trigger read.',
  example: { config: { add: ['weekly'], remove: ['new'] } },
  config: TagConfig,
  compile: ({ add, remove }, compiler) => {
    const added = compileTags(add, 'add', compiler);
    const removed = compileTags(remove, 'remove', compiler);
    return ({ scope }) => {
      const change = { add: added.map((each) => each(scope)), remove: removed.map((each) => each(scope)) };
      checkCount(scope.roots, change);
      return { effects: [{ kind: 'tag', ...change }] };
    };
  },
});

// A contact who has more of them, from before, may still lose some.
function checkCount(roots: Readonly<JsonObject>, change: { add: string[]; remove: string[] }): void {
  const before = tagsIn(roots);
  const { length } = changedTags(before, change);
  if (length <= TAGS_MAX || length <= before.length) return;
  throw new NodeFailure('expression', `A contact has at most ${TAGS_MAX} tags`);
}

type Render = (scope: Parameters<ReturnType<NodeCompiler['template']>['render']>[0]) => string;

function compileTags(words: TagConfig['add'], key: string, compiler: NodeCompiler): Render[] {
  const list = typeof words === 'string' ? [words] : (words ?? []);
  return list.map((word, index) => {
    const path = typeof words === 'string' ? [key] : [key, index];
    const template = compiler.template(word, path);
    if (template.isFixed && !readAs(Tag, word).success) {
      compiler.report('E104', path, `"${word}" is no tag`, 'use letters, digits, `_ . : -` (64 at most)');
    }
    return (scope) => {
      const parsed = readAs(Tag, template.render(scope));
      if (parsed.success) return parsed.data;
      throw new NodeFailure('expression', `\`${key}\` comes to something that is no tag`);
    };
  });
}
