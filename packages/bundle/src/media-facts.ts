import type { Bundle } from './bundle.ts';

/** What checking flows takes to know of a file: what it is, or why it cannot be used. */
type MediaFacts = { mimeType: string; bytes: number } | { fault: string; fix: string };

/** What flows are checked against: every file under `media/`, by path, also those with a fault. */
export function mediaFacts({
  mediaFiles,
  mediaProblems,
}: Pick<Bundle, 'mediaFiles' | 'mediaProblems'>): Map<string, MediaFacts> {
  return new Map<string, MediaFacts>([
    ...[...mediaFiles].map(([path, { mimeType, bytes }]) => [path, { mimeType, bytes }] as const),
    ...mediaProblems.map(({ file, message, fix }) => [file, { fault: message, fix }] as const),
  ]);
}
