import { JsonObject, type Json, readAs } from '@alur/types';
import { z } from 'zod';
import { FlowFrame, NodeFrame } from '../load/flow-schema.ts';
import { Trigger } from '../load/trigger.ts';
import { type NodeType } from '../nodes/define-node.ts';
import { NODE_TYPES } from '../nodes/index.ts';
import { byType, type Variant } from './by-type.ts';
import { testJsonSchema } from './test-json-schema.ts';
import { FILE_KEYS, NODE_KEYS, TRIGGER_DOC, TYPE_DOC } from './key-docs.ts';

/**
 * The language as a JSON Schema (draft-07) of a whole file, made from the definitions that the loader reads by. It
 * takes everything that the loader takes; what concerns several places at once, such as targets, only the loader knows.
 * `tests` gives the one of files of conversation tests.
 */
export function flowJsonSchema(of: 'flow' | 'tests' = 'flow'): JsonObject {
  if (of === 'tests') return testJsonSchema();
  const { definitions, frame, node, trigger, configs } = convertAll();
  const nodeTypes = [...NODE_TYPES.values()];
  const nodes = nodeTypes.map((type): [string, JsonObject] => [
    nodeName(type),
    nodeSchema(type, node, configs.get(type.type) ?? {}),
  ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Alur flow',
    description: 'A WhatsApp conversation: a file that ends in .ygtc.',
    ...frame,
    properties: {
      ...withDocs(objectAt(frame, 'properties'), FILE_KEYS),
      nodes: {
        description: FILE_KEYS.nodes,
        type: 'array',
        minItems: 1,
        items: { $ref: '#/definitions/node' },
      },
      triggers: {
        description: FILE_KEYS.triggers,
        type: 'array',
        minItems: 1,
        items: { $ref: '#/definitions/trigger' },
      },
    },
    definitions: {
      ...definitions,
      node: nodeByType(nodeTypes, node),
      ...Object.fromEntries(nodes),
      trigger: triggerByType(trigger),
    },
  };
}

const nodeName = ({ type }: NodeType) => `node-${type}`;

interface Converted {
  /** What the others refer to. */
  definitions: JsonObject;
  frame: JsonObject;
  node: JsonObject;
  trigger: JsonObject;
  configs: ReadonlyMap<string, JsonObject>;
}

// In one go, so that all references lead into one list of definitions.
function convertAll(): Converted {
  const configs = Object.fromEntries([...NODE_TYPES].map(([type, { schema }]) => [`config ${type}`, schema]));
  const all = z.object({ frame: FlowFrame, node: NodeFrame, trigger: Trigger, ...configs });
  const converted = tidy(
    toJson(z.toJSONSchema(all, { target: 'draft-07', io: 'input', unrepresentable: 'any' })),
  );
  const parts = objectAt(converted, 'properties');
  return {
    definitions: objectAt(converted, 'definitions'),
    frame: objectAt(parts, 'frame'),
    node: objectAt(parts, 'node'),
    trigger: objectAt(parts, 'trigger'),
    configs: new Map([...NODE_TYPES.keys()].map((type) => [type, objectAt(parts, `config ${type}`)])),
  };
}

function toJson(value: unknown): JsonObject {
  return JsonObject.parse(JSON.parse(JSON.stringify(value)));
}

/** Without what every object of YAML is anyway; generated names become words. */
function tidy(schema: JsonObject): JsonObject {
  const visit = (value: Json): Json => {
    if (typeof value === 'string') return rename(value);
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([key]) => key !== 'propertyNames');
    return Object.fromEntries(entries.map(([key, each]) => [rename(key), visit(each)]));
  };
  return JsonObject.parse(visit(schema));
}

function rename(text: string): string {
  return text.replace(/__schema(\d+)/, (_, at: string) => (at === '0' ? 'json' : `json${at}`));
}

function nodeByType(types: readonly NodeType[], node: JsonObject): JsonObject {
  const variants = types.map((type): Variant => {
    return { types: [type.type], schema: { $ref: `#/definitions/${nodeName(type)}` }, doc: type.doc };
  });
  const { id = {} } = withDocs(objectAt(node, 'properties'), NODE_KEYS);
  return byType(variants, { required: ['id', 'type'], properties: { id }, typeDoc: NODE_KEYS.type });
}

function nodeSchema(
  { type, doc, lifted, schema, example }: NodeType,
  node: JsonObject,
  config: JsonObject,
): JsonObject {
  const frame = withDocs(objectAt(node, 'properties'), NODE_KEYS);
  const keys = objectAt(config, 'properties');
  const required = listAt(config, 'required').filter((key) => !lifted.includes(key));
  const isOptional = readAs(schema, {}).success || readAs(schema, undefined).success;
  // Of a config that must say something, but no single thing, an empty one is refused.
  const notEmpty = !isOptional && required.length === 0 && lifted.length === 0 && 'properties' in config;
  const rest = Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'required'));
  const examples = toJson(example);
  return {
    description: doc,
    type: 'object',
    required: [
      'id',
      'type',
      ...(isOptional || (required.length === 0 && lifted.length > 0) ? [] : ['config']),
    ],
    additionalProperties: false,
    properties: {
      ...frame,
      type: { description: doc, const: type },
      config: {
        description: doc,
        ...rest,
        ...(required.length > 0 && { required }),
        ...(notEmpty && { minProperties: 1 }),
        examples: [examples['config'] ?? {}],
      },
      ...Object.fromEntries(lifted.flatMap((key) => (keys[key] === undefined ? [] : [[key, keys[key]]]))),
    },
  };
}

const VariantType = z.object({
  properties: z.object({
    type: z.object({ const: z.string().optional(), enum: z.array(z.string()).optional() }),
  }),
});

function triggerByType(trigger: JsonObject): JsonObject {
  const variants = listOf(trigger['oneOf'] ?? trigger['anyOf']).map((schema): Variant => {
    const { const: one, enum: several = [] } = VariantType.parse(schema).properties.type;
    return { types: one === undefined ? several : [one], schema: JsonObject.parse(schema) };
  });
  const by = byType(variants, { required: ['type', 'target'], properties: {}, typeDoc: TYPE_DOC });
  return { description: TRIGGER_DOC, ...by };
}

function withDocs(properties: JsonObject, docs: Readonly<Record<string, string>>): JsonObject {
  const documented = Object.entries(properties).map(([key, schema]): [string, Json] => {
    const description = docs[key];
    return [key, { ...(description !== undefined && { description }), ...JsonObject.parse(schema) }];
  });
  return Object.fromEntries(documented);
}

function objectAt(value: JsonObject, key: string): JsonObject {
  return readAs(JsonObject, value[key]).data ?? {};
}

function listAt(value: JsonObject, key: string): string[] {
  return readAs(z.array(z.string()), value[key]).data ?? [];
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
