import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { lint, rules } from './asl-lint.ts';
import { badExamples, sound, spoiled } from './bad-examples.ts';

describe('the lint of definitions', () => {
  test('finds nothing in a sound definition, which is valid besides', () => {
    expect(lint(sound)).toEqual([]);
    expect(validate(sound).errorsText()).toBe('');
  });

  test.each(badExamples)('$rule: $what', (example) => {
    const found = lint(spoiled(example));
    expect(found).not.toEqual([]);
    expect(found.filter(({ rule }) => rule !== example.rule)).toEqual([]);
  });

  test('every rule has a bad example', () => {
    const shown = new Set(badExamples.map(({ rule }) => rule));
    expect(Object.keys(rules).filter((rule) => !shown.has(rule))).toEqual([]);
  });

  test('a finding names the state and says what to do', () => {
    const [example] = badExamples.filter(({ rule }) => rule === 'task-timeout');
    expect(example && lint(spoiled(example))).toEqual([
      {
        rule: 'task-timeout',
        state: 'Work',
        message: 'a Task needs its own TimeoutSeconds: without, runtimes differ',
      },
    ]);
  });
});
