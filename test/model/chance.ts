/** Numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** How many states each of the large configurations may have, beside those on walks by chance. */
export const LONG_STATES = Number(process.env['MODEL_STATES'] ?? 0);
export const WALKS = LONG_STATES > 0 ? 3_000 : 50;
/** Walks in the model of turns, where the short explorations reach most of it. */
export const TURNS_WALKS = LONG_STATES > 0 ? 1_000 : 15;
export const SEED = Number(process.env['MODEL_SEED'] ?? 1);
