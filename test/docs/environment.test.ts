import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Config as FlowRunner } from '../../services/flow-runner/src/config.ts';
import { Config as Ingress } from '../../services/ingress/src/config.ts';
import { Config as Sender } from '../../services/sender/src/config.ts';
import { read, tableOf } from './markdown.ts';

const SERVICES = { ingress: Ingress, 'flow-runner': FlowRunner, sender: Sender };
const ALL = Object.keys(SERVICES).length;

const Property = z.looseObject({
  default: z.union([z.string(), z.number()]).optional(),
  description: z.string(),
});
const Schema = z.looseObject({ properties: z.record(z.string(), Property) });

interface Variable {
  services: string[];
  defaults: string[];
  description: string;
}

/** Name, who reads it, default and meaning of every variable, as the services' schemas say. */
function expectedRows(): string[][] {
  const variables = new Map<string, Variable>();
  for (const [service, config] of Object.entries(SERVICES)) {
    const { properties } = Schema.parse(z.toJSONSchema(config, { io: 'input' }));
    for (const [name, property] of Object.entries(properties)) {
      const { description } = property;
      const known = variables.get(name) ?? { services: [], defaults: [], description };
      expect(known.description).toBe(description);
      known.services.push(service);
      known.defaults.push(property.default === undefined ? '' : `\`${property.default}\``);
      variables.set(name, known);
    }
  }
  return [...variables].map(([name, { services, defaults, description }]) => [
    `\`${name}\``,
    services.length === ALL ? 'all' : services.join(', '),
    [...new Set(defaults)].join(', '),
    description,
  ]);
}

describe('the environment table of README.md', () => {
  test('is what the schemas of the services say', () => {
    const byName = (rows: string[][]) => rows.map((row) => row.join(' | ')).sort();
    expect(byName(tableOf(read('README.md'), 'environment'))).toEqual(byName(expectedRows()));
  });
});
