import { isBundleError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { placeWarnings, readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { explainCode } from './explain-code.ts';
import { findStory } from './find-story.ts';
import { renderStory } from './render-story.ts';
import { storyToJson } from './story-json.ts';

export interface ExplainFlags extends PlaceFlags {
  showContact: boolean;
}

const ID = /^[0-9a-f]{32}$/i;
const WAMID = /^wamid\.\S+$/;

/** `alur explain`: one message's or event's whole life; or what a code means. */
export async function explain(
  what: string | undefined,
  flags: ExplainFlags,
  context: Context,
): Promise<Outcome> {
  const id = what?.trim();
  if (id === undefined || !(ID.test(id) || WAMID.test(id))) return explainCode(what, context);
  const bundle = await bundleFor(id, flags, context);
  return withPlace(flags, context.io, async (place) => {
    const story = await findStory(WAMID.test(id) ? { wamid: id } : { id: id.toLowerCase() }, place, bundle);
    const options = { nowMs: Date.now(), showContact: flags.showContact, overrides: bundle?.errors };
    return {
      exit: EXIT.ok,
      data: storyToJson(story, options),
      text: renderStory(story, { ...options, colors: context.colors }),
      warnings: placeWarnings(place),
    };
  });
}

/** A wamid is found by the numbers of the bundle; with an id, the bundle only helps. */
async function bundleFor(id: string, flags: ExplainFlags, { io }: Context) {
  try {
    return await readPlaceBundle(flags, io);
  } catch (error) {
    if (WAMID.test(id) || flags.bundle !== undefined || !isBundleError(error)) throw error;
    return undefined;
  }
}
