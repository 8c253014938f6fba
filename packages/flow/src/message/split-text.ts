/** Cuts a long text into parts of at most `max` characters, at a paragraph, line, sentence or word where there is one. */
export function splitText(text: string, max: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > max) {
    const cut = cutBefore(rest, max);
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== '') parts.push(rest);
  return parts.filter((part) => part !== '');
}

const BREAKS: readonly RegExp[] = [/\n\s*\n/g, /\n/g, /[.!?…]\s/g, /\s/g];

function cutBefore(text: string, max: number): number {
  const head = text.slice(0, max + 1);
  for (const pattern of BREAKS) {
    const ends = [...head.matchAll(pattern)].map((match) => match.index + 1).filter((end) => end <= max);
    const last = ends.at(-1);
    // A break far to the front would make a tiny message and a long one.
    if (last !== undefined && last >= max / 2) return last;
  }
  return isLowSurrogate(text, max) ? max - 1 : max;
}

function isLowSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff;
}
