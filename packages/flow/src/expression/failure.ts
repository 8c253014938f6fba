/**
 * Why an expression has no value. `missing`: nothing is there where something is needed · `type`: a value of the wrong
 * kind · `number`: no number, or one that is not finite or beyond 2^53 · `date`: no date · `argument`: a time zone,
 * language, count or position that a function cannot use · `too_large`: a text, list or value over its limit ·
 * `budget`: the turn has used up its expression steps.
 */
export const FAILURE_CODES = [
  'missing',
  'type',
  'number',
  'date',
  'argument',
  'too_large',
  'budget',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** An expression that has no value. The message names types and the author's text, never what a contact wrote. */
export class ExpressionFailure extends Error {
  override readonly name: string = 'ExpressionFailure';
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The turn has used up its expression steps (`Scope.meter`): the run cannot go on, whatever its nodes say. */
export class ExpressionBudget extends ExpressionFailure {
  override readonly name = 'ExpressionBudget';
  constructor() {
    super('budget', 'Cannot evaluate more expressions: the turn has used up its expression steps');
  }
}

/** Thrown by what computes a value. The reason never holds one. */
export class NoValue extends Error {
  override readonly name = 'NoValue';
  readonly code: FailureCode;
  constructor(code: FailureCode, reason: string) {
    super(reason);
    this.code = code;
  }
}
