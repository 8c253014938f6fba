/** Colours of a box: its ground, its border, and its words, which stand out from the ground by 4.5 to 1 or more. */
export interface Colours {
  fill: string;
  line: string;
  text: string;
}

const GREY: Colours = { fill: '#f1f3f5', line: '#868e96', text: '#343a40' };

// By what a node does: says, asks, decides, keeps, calls. A type that is not here is grey.
const BY_TYPE: Readonly<Record<string, Colours>> = {
  reply: { fill: '#e3f4e8', line: '#2f9e5b', text: '#14532d' },
  wait: { fill: '#fff4d6', line: '#c98a04', text: '#5f4100' },
  branch: { fill: '#e4ecfd', line: '#4a73d9', text: '#1e3a8a' },
  state: { fill: '#f0e8fb', line: '#8a5cd0', text: '#4c1d95' },
  template: { fill: '#f0e8fb', line: '#8a5cd0', text: '#4c1d95' },
  tag: { fill: '#f0e8fb', line: '#8a5cd0', text: '#4c1d95' },
  http: { fill: '#dff3f6', line: '#1c8a9c', text: '#0b4a55' },
  event: { fill: '#dff3f6', line: '#1c8a9c', text: '#0b4a55' },
  log: { fill: '#dff3f6', line: '#1c8a9c', text: '#0b4a55' },
  flow2flow: { fill: '#fce7f1', line: '#c2417c', text: '#7a1745' },
  handoff: { fill: '#fdeadd', line: '#d0692a', text: '#7a330b' },
  opt_out: { fill: '#fdeadd', line: '#d0692a', text: '#7a330b' },
  opt_in: { fill: '#fdeadd', line: '#d0692a', text: '#7a330b' },
  error: { fill: '#fde4e4', line: '#d13438', text: '#7f1d1d' },
  trigger: { fill: '#2b3440', line: '#2b3440', text: '#ffffff' },
  missing: { fill: '#fde4e4', line: '#d13438', text: '#7f1d1d' },
  sign: { fill: '#ffffff', line: '#868e96', text: '#343a40' },
  elsewhere: { fill: '#ffffff', line: '#868e96', text: '#343a40' },
};

export function coloursOf(type: string): Colours {
  return (Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined) ?? GREY;
}
