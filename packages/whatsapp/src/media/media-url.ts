/** Where Meta keeps media: these hosts, and those below these. */
const META_HOSTS: ReadonlySet<string> = new Set(['graph.facebook.com']);
const META_SUFFIXES = ['.fbsbx.com', '.fbcdn.net', '.whatsapp.net', '.whatsapp.com'];

const META_GRAPH = 'graph.facebook.com';
// What a URL needs: no spaces or letters beyond ASCII, and no backslash, which programs read in two ways.
const PLAIN = /^[\x21-\x5b\x5d-\x7e]{1,4096}$/;

/**
 * The address of a media file, if the token may go there; undefined otherwise. Meta's own addresses lead to Meta's hosts over
 * https; those of any other Graph, such as an emulator, lead back to its own origin.
 */
export function parseMediaUrl(text: string, base: URL): URL | undefined {
  if (!PLAIN.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  return (isMeta(base) ? isMetaHost(url) : url.origin === base.origin) ? url : undefined;
}

function isMeta({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' && hostname === META_GRAPH;
}

// A default port is not kept by the parser, and a host's dot at the end makes it another one.
function isMetaHost({ protocol, hostname, port }: URL): boolean {
  const isKnown = META_HOSTS.has(hostname) || META_SUFFIXES.some((suffix) => hostname.endsWith(suffix));
  return protocol === 'https:' && port === '' && isKnown;
}
