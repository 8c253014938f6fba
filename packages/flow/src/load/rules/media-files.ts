import { didYouMean, MEDIA_TYPES, MediaType, readAs } from '@alur/types';
import { type ParsedFlow } from '../read-flow.ts';
import { type YamlPath } from '../yaml-file.ts';
import { isComputed, isRecord, valueAt } from './raw-values.ts';

/** What the check has to know of a file of the bundle: what it is, or why it cannot be used and what to do. */
export type MediaFacts = SoundFile | FaultyFile;
interface SoundFile {
  mimeType: string;
  bytes: number;
}
interface FaultyFile {
  fault: string;
  fix: string;
}

/** Forms of a reply whose objects may name a file. */
const FORMS = [['media'], ['interactive'], ['template'], ['outside_window', 'template']];

/** E312 and E313: files that messages name, and that are not in the bundle, have a fault, or are nothing that Meta takes as this. */
export function checkMediaFiles(
  { file, yaml, nodes }: ParsedFlow,
  mediaFiles: ReadonlyMap<string, MediaFacts>,
): void {
  for (const { configPath } of nodes.filter(({ type }) => type === 'reply')) {
    for (const form of FORMS) {
      const base = configPath(form);
      for (const { path, name, type } of namedFiles(valueAt(yaml.value, base), base, undefined)) {
        const place = yaml.placeOf(path);
        const facts = mediaFiles.get(name);
        if (!facts) {
          const fix =
            didYouMean(name, [...mediaFiles.keys()]) ?? 'put it into the folder `media` of the bundle';
          file.report({ code: 'E312', place, message: 'There is no such file in the bundle', fix });
          continue;
        }
        const problem = 'fault' in facts ? unusable(facts) : type && misfit(type, facts);
        if (problem) file.report({ code: 'E313', place, ...problem });
      }
    }
  }
}

interface NamedFile {
  path: YamlPath;
  name: string;
  type: MediaType | undefined;
}

/** `key` is what the value stands under, such as `image`. */
function namedFiles(value: unknown, path: YamlPath, key: unknown): NamedFile[] {
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => namedFiles(item, [...path, index], undefined));
  if (!isRecord(value)) return [];
  const name = value['file'];
  const isFixed = typeof name === 'string' && name.startsWith('media/') && !isComputed(name);
  const own = isFixed ? [{ path: [...path, 'file'], name, type: typeOf(key) ?? typeOf(value['type']) }] : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([each, item]) => namedFiles(item, [...path, each], each)),
  ];
}

function typeOf(word: unknown): MediaType | undefined {
  return readAs(MediaType, word).data;
}

function unusable({ fault, fix }: FaultyFile): { message: string; fix: string } {
  return { message: `The file is in the bundle, but cannot be used: ${fault}`, fix };
}

function misfit(
  type: MediaType,
  { mimeType, bytes }: SoundFile,
): { message: string; fix: string } | undefined {
  const { mimeTypes, maxBytes } = MEDIA_TYPES[type];
  if (!mimeTypes.includes(mimeType.split(';')[0] ?? '')) {
    const message = `WhatsApp takes no file of type ${mimeType} as \`${type}\``;
    return { message, fix: `it takes ${mimeTypes.join(', ')}` };
  }
  if (bytes <= maxBytes) return undefined;
  return {
    message: `The file is too large for \`${type}\``,
    fix: `WhatsApp takes at most ${sized(maxBytes)}`,
  };
}

function sized(bytes: number): string {
  const mb = 1_048_576;
  return bytes < mb ? `${Math.floor(bytes / 1_024)} KB` : `${Math.floor(bytes / mb)} MB`;
}
