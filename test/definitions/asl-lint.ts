/**
 * Holds a definition to the part of the States Language that behaves the same on Step Functions, in the embedded runner and
 * in emulators, and to the form that the engine expects of it. For any flow; asl-validator sees to the language itself.
 */
import type { JsonObject } from '../../core/types.ts';
import type { Rule } from './asl-walk.ts';
import { choiceRules } from './rules/choices.ts';
import { dataRules } from './rules/data.ts';
import { machineRules } from './rules/machine.ts';
import { taskRules } from './rules/tasks.ts';

export interface Finding {
  rule: string;
  state: string;
  message: string;
}

export const rules: { [name: string]: Rule } = {
  ...taskRules,
  ...choiceRules,
  ...dataRules,
  ...machineRules,
};

/** @param definition as it stands in its file, or with its substitutions filled in. */
export function lint(definition: object): Finding[] {
  return Object.entries(rules).flatMap(([rule, check]) =>
    check(definition as JsonObject).map((report) => ({ rule, ...report })),
  );
}
