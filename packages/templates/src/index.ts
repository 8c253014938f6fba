export { compareTemplate } from './compare-template.ts';
export { type DefinitionFault, type Fields } from './definition-fault.ts';
export { variablesOf, wordOf } from './definition-parts.ts';
export { describeParameters } from './describe-parameters.ts';
export { findDefinition, statusFault } from './find-definition.ts';
export { definitionOf, messageFaults, type MessageFault } from './message-faults.ts';
