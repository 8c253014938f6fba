export interface FindingCodeEntry {
  severity: 'error' | 'warning';
  title: string;
  explanation: string;
}

/** Every code that a check of flows can report. Codes are stable: one that is no longer used is not given again. */
export const FINDING_CODES = {
  E101: error(
    'not YAML',
    'The file is not well-formed YAML: indentation, quotes, duplicate keys, unknown tags.',
  ),
  E102: error('file too large', 'A flow file may have 256 KiB and 40 levels of nesting, and few aliases.'),
  E103: error(
    'indented too far',
    '`default` stands at the dashes of the list before it; it belongs one level out.',
  ),
  E104: error('wrong value', 'A value is missing, of the wrong type, or not one of those allowed.'),
  E105: error(
    'unknown key',
    'The language has no such key here. A misspelt key would do nothing, so it is refused.',
  ),
  E106: error('unknown node type', 'No node of this type exists.'),
  E107: error(
    'node type not supported',
    'The type belongs to other products; the message names what to use instead.',
  ),
  E108: error('not available yet', 'The language has it, this version does not run it.'),
  E109: error('name used twice', 'Node ids are unique in a file, flow names in a bundle.'),
  E110: error('target missing', 'A node or trigger points to something that does not exist.'),
  E111: error(
    'endless cycle',
    'Nodes lead back to themselves, and nothing in between waits for the contact.',
  ),
  E112: error('fragment', 'A bare list of nodes has no name and no trigger, so nothing could start it.'),
  E113: error('contradiction', 'Two keys say different things of the same matter.'),
  E114: error(
    'bad pattern',
    'The pattern of a trigger is no regular expression of the linear-time kind (RE2).',
  ),
  E201: error(
    'expression not readable',
    'The expression is not CEL. Common slips are named with the right form.',
  ),
  E202: error('unknown name', 'Nothing declares the name that a condition reads.'),
  E203: error('unknown function', 'The expression calls a function that does not exist or is refused.'),
  E204: error('wrong type in expression', 'Types in the expression do not fit.'),
  E205: error('expression too large', 'Length, depth or nesting of an expression is over its limit.'),
  E206: error('open braces', 'A `{{` has no `}}`.'),
  E301: error(
    'WhatsApp refuses this',
    'The message is over a limit of WhatsApp, or not of a shape that it takes.',
  ),
  W201: warning(
    'unknown name in a text',
    'Nothing declares the name, so the text will have nothing in its place.',
  ),
  W110: warning(
    'target missing',
    'As E110, in a bundle with `strict: false`: a run that gets there ends as failed.',
  ),
  W111: warning('node not reachable', 'No trigger and no other node leads there.'),
  W112: warning('trigger never fires', 'An earlier trigger takes everything that this one could take.'),
  W113: warning('no effect', 'The key says something that never matters where it stands.'),
} as const satisfies Record<string, FindingCodeEntry>;

export type FindingCode = keyof typeof FINDING_CODES;

function error(title: string, explanation: string): FindingCodeEntry {
  return { severity: 'error', title, explanation };
}

function warning(title: string, explanation: string): FindingCodeEntry {
  return { severity: 'warning', title, explanation };
}
