/** What holds of every definition as it stands: its language, its states, what it makes of what actions say. */
import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import type { Action } from '../../core/action.ts';
import { type Definition, rows } from '../../core/definition.ts';
import type { JsonObject } from '../../core/types.ts';
import { lint } from './asl-lint.ts';
import { comparisons, objects, states, texts } from './asl-walk.ts';
import { stableStates } from './rules/machine.ts';

export interface Form {
  /** As it stands in its file, and with its figures filled in. */
  asl: object;
  definition: Definition;
  actions: Action[];
  /** Its stable states, and the rows of its table. */
  waiting: string[];
  final: string[];
  table: { state: string; event: string }[];
  /** Outcomes that no Choice names: those that a Default is for, and those of actions that say one thing only. */
  byDefault: { [action: string]: string[] };
}

export function describeForm({ asl, definition, actions, waiting, final, table, byDefault }: Form): void {
  const raw = asl as JsonObject;

  test('is valid, and keeps to the part of the language that runs alike everywhere', () => {
    for (const one of [asl, definition]) {
      expect(validate(one).errorsText()).toBe('');
      expect(lint(one)).toEqual([]);
    }
  });

  test('has the states of the table, final ones without a deadline and the others with one', () => {
    const found = stableStates(raw).map(({ name, output }) => [
      name,
      output['final'],
      'deadlineSeconds' in output || 'deadlineSeconds.$' in output,
    ]);
    expect(found.sort()).toEqual(
      [...waiting.map((name) => [name, undefined, true]), ...final.map((name) => [name, true, false])].sort(),
    );
  });

  test('has the rows of the table, and no other', () => {
    const its = rows(definition).map(({ state, event }) => `${event} in ${state}`);
    const ours = new Set(table.map(({ state, event }) => `${event} in ${state}`));
    expect(its.sort()).toEqual([...ours].sort());
  });

  describe('what actions say', () => {
    test.each(actions)(
      '$name: every outcome leads somewhere on purpose, and none is named in vain',
      ({ name, outcomes: declared }) => {
        const all = states(raw);
        const next = all.find((one) => one.name === name)?.fields['Next'];
        const choice = all.find((one) => one.name === next && one.type === 'Choice');
        const choices = (choice ? comparisons(choice) : []).filter(
          ({ Variable }) => Variable === '$.step.outcome',
        );
        const named = texts(choices.map(({ StringEquals }) => StringEquals ?? null));
        expect([...named, ...(byDefault[name] ?? [])].sort()).toEqual([...declared].sort());
      },
    );

    test('every error that the definition names is one of the language itself', () => {
      const all = states(raw, 'Task').flatMap(({ fields }) => [
        ...objects(fields['Retry']),
        ...objects(fields['Catch']),
      ]);
      const errors = new Set(all.flatMap(({ ErrorEquals }) => texts(ErrorEquals)));
      expect([...errors].sort()).toEqual(['States.ALL', 'States.TaskFailed', 'States.Timeout']);
    });
  });
}
