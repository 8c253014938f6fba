import { type ParsedFlow } from '../read-flow.ts';

/** W119: ids that only case, `-` or `_` tells apart, so that one is soon written for the other. */
export function checkAlikeIds(flow: ParsedFlow): void {
  const seen = new Map<string, string>();
  for (const { id, path } of flow.nodes) {
    const plain = id.toLowerCase().replace(/[-_]/g, '');
    const earlier = seen.get(plain);
    if (earlier === undefined) seen.set(plain, id);
    else if (earlier !== id) {
      const message = `The ids "${id}" and "${earlier}" are easily taken for each other`;
      flow.file.report({
        code: 'W119',
        place: flow.yaml.placeOf([...path, 'id']),
        message,
        fix: 'give one of them another name',
      });
    }
  }
}
