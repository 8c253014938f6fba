import type { Picture } from './picture.ts';

/** The flows that ways lead between, together; flows that have nothing to do with one another, apart. */
export function splitParts({ groups, links }: Picture): Picture[] {
  const groupOf = new Map(groups.flatMap(({ key, vertices }) => vertices.map((each) => [each.key, key])));
  const partOf = new Map(groups.map(({ key }) => [key, key]));
  for (const { from, to } of links) {
    const [one, other] = [groupOf.get(from), groupOf.get(to)].map((key) => key && partOf.get(key));
    if (one === undefined || other === undefined || one === other) continue;
    for (const [key, part] of partOf) if (part === other) partOf.set(key, one);
  }
  return [...new Set(partOf.values())].map((part) => ({
    groups: groups.filter(({ key }) => partOf.get(key) === part),
    links: links.filter(({ from }) => partOf.get(groupOf.get(from) ?? '') === part),
  }));
}
