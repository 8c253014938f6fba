/** As deep as an answer of a web service may be: what checks and runs it later goes down as deep. */
const DEPTH_MAX = 40;

/** Reads a body as JSON; what it says wrong is in `message`, without a word of it. */
export function readJson(
  body: Buffer,
): { kind: 'json'; value: unknown } | { kind: 'refused'; message: string } {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (!isDeeper(value, DEPTH_MAX)) return { kind: 'json', value };
    return { kind: 'refused', message: `The body is nested more than ${DEPTH_MAX} deep` };
  } catch {
    return { kind: 'refused', message: 'The body is not JSON' };
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}
