import type { JsonSchema } from './named-schemas.ts';

// As much of OpenAPI 3.1 as this API needs.

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: JsonSchema;
  description?: string;
  example?: string;
}

export type Content = Record<string, { schema: JsonSchema; example?: unknown }>;
export interface Answer {
  description: string;
  headers?: Record<string, { $ref: string }>;
  content?: Content;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  requestBody?: { required: true; content: Content };
  responses: Record<string, Answer | { $ref: string }>;
}

export interface OpenApi {
  openapi: '3.1.1';
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: object[];
  security: object[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes: object;
    headers: Record<string, object>;
    responses: Record<string, Answer>;
    schemas: Record<string, JsonSchema>;
  };
}

export const JSON_TYPE = 'application/json';
