import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { stableStates } from '../definitions/rules/machine.ts';
import { check, rules, type Words } from './dependency-rules.ts';
import { importsOf, outerFolders, productFolders, readSources } from './source.ts';

const root = join(import.meta.dirname, '../..');

function wordsOf(folder: string): Words {
  const files = readdirSync(folder).filter((name) => name.endsWith('.asl.json'));
  return {
    flows: files.map((name) => name.slice(0, -'.asl.json'.length)),
    states: files.flatMap((name) =>
      stableStates(JSON.parse(readFileSync(join(folder, name), 'utf8'))).map((state) => state.name),
    ),
  };
}

const words = wordsOf(join(root, 'state-definitions'));

/** Broken on purpose, each with its reason. */
const exceptions = [
  {
    path: 'core/deliver.ts',
    rule: 'constant-time',
    message: 'compares before.fingerprint === fingerprint: secrets are for timingSafeEqual',
    reason: 'a keyed hash: nobody can choose one, and the answer tells whether it is the same',
  },
  {
    path: 'core/errors.ts',
    rule: 'constant-time',
    message: 'compares error.code === code: secrets are for timingSafeEqual',
    reason: 'the code of an error',
  },
];

describe('the repository', () => {
  const sources = readSources(root);
  const found = check(sources, words);
  const excused = ({ path, rule, message }: (typeof found)[number]) =>
    exceptions.some((one) => one.path === path && one.rule === rule && one.message === message);

  test('keeps to its layout', () => {
    expect(found.filter((one) => !excused(one))).toEqual([]);
  });

  test('needs all of its exceptions', () => {
    const needed = found.filter(excused);
    expect(needed.map(({ path }) => path)).toEqual(exceptions.map(({ path }) => path));
  });

  test('has been looked at: all folders, the flow and its states', () => {
    const tops = new Set(sources.map(({ path }) => path.split('/')[0]));
    expect([...tops]).toEqual(expect.arrayContaining([...productFolders, ...outerFolders]));
    expect(sources.some(({ path }) => path.endsWith('.tsx'))).toBe(true);
    expect(words.flows).toContain('mfa-login');
    expect(words.states).toContain('WaitForOtpInput');
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
  });

  test('is made of small files: half of them up to 80 lines, nine of ten up to 250', () => {
    const lengths = readSources(root, productFolders)
      .map(({ text }) => text.split('\n').length - 1)
      .sort((one, other) => one - other);
    const at = (share: number) => lengths[Math.floor(share * (lengths.length - 1))];
    expect(at(0.5)).toBeLessThanOrEqual(80);
    expect(at(0.9)).toBeLessThanOrEqual(250);
  });
});

describe('a made-up file', () => {
  const made: Words = { flows: ['sample-flow'], states: ['Waiting', 'Done'] };
  const lint = (path: string, text: string) => check([{ path, text }], made).map(({ rule }) => rule);

  const tall = (lines: number) => `// ${lines} lines${'\n'.repeat(lines)}`;
  const titled = <T extends string[]>(rows: T[]) =>
    rows.map((row) => [row.join(': ').trim().replaceAll('\n', ' '), ...row] as const);

  const bad: [rule: string, path: string, text: string][] = [
    ['arrows', 'core/a.ts', "import { b } from '../flows/one/index.ts';"],
    ['arrows', 'core/a.ts', "import type { Api } from '../api/app.ts';"],
    ['arrows', 'flows/one/a.ts', "import { b } from '../two/index.ts';"],
    ['arrows', 'flows/one/actions/a.ts', "import { b } from '../../two/data.ts';"],
    ['arrows', 'flows/one/actions/a.ts', "import { b } from '../../../adapters/embedded/sqlite-table.ts';"],
    ['arrows', 'flows/one/a.ts', "export { b } from '../../api/app.ts';"],
    ['arrows', 'api/a.ts', "import { b } from '../adapters/system.ts';"],
    ['arrows', 'api/a.ts', "import { b } from '../local/runtime.ts';"],
    ['arrows', 'adapters/aws/a.ts', "import { b } from '../embedded/sqlite-table.ts';"],
    ['arrows', 'adapters/aws/a.ts', "import type { B } from '../../flows/one/settings.ts';"],
    ['arrows', 'adapters/system.ts', "import { b } from './aws/clients.ts';"],
    ['arrows', 'lambdas/a.ts', "import { b } from '../local/users.ts';"],
    ['arrows', 'lambdas/a.ts', "import { b } from '../adapters/embedded/key-file.ts';"],
    ['arrows', 'local/a.ts', "import { b } from '../lambdas/environment.ts';"],
    ['arrows', 'local/a.ts', "import { b } from '../adapters/aws/clients.ts';"],
    ['arrows', 'local/sandbox/a.ts', "const b = await import('../../adapters/aws/clients.ts');"],
    ['arrows', 'local/sandbox/a.ts', "import { b } from '../runtime.ts';"],
    ['arrows', 'local/sandbox/a.ts', "import { b } from '../../adapters/stripe/gateway.ts';"],
    ['arrows', 'operations/a.ts', "import { b } from '../local/sandbox/start.ts';"],
    ['arrows', 'lambdas/a.ts', "import { b } from '../local/sandbox/gateway.ts';"],
    ['arrows', 'adapters/stripe/a.ts', "import { b } from '../../local/sandbox/gateway.ts';"],
    ['arrows', 'adapters/stripe/a.ts', "import { b } from '../aws/clients.ts';"],
    ['arrows', 'adapters/stripe/a.ts', "import { b } from '../../flows/one/settings.ts';"],
    ['arrows', 'operations/a.ts', "import { b } from '../lambdas/environment.ts';"],
    ['arrows', 'local/a.ts', "import { b } from '../operations/survey.ts';"],
    ['arrows', 'core/a.ts', "import { b } from '../operations/survey.ts';"],
    ['arrows', 'infra/a.ts', "import { b } from '../core/deliver.ts';"],
    ['arrows', 'infra/a.ts', "import { type B } from '../core/deliver.ts';"],
    ['arrows', 'infra/a.ts', "import '../lambdas/api.ts';"],
    ['arrows', 'client/a.ts', "import { b } from '../api/problem.ts';"],
    ['arrows', 'client/a.tsx', "import { b } from '../core/graph.ts';"],
    ['arrows', 'client/drawing/a.ts', "import { b } from '../../core/graph.ts';"],
    ['arrows', 'client/drawing/a.ts', "import { b } from '../inspector/words.ts';"],
    ['arrows', 'local/a.ts', "import { b } from '../client/drawing/svg.ts';"],
    ['arrows', 'operations/a.ts', "import { b } from '../client/inspector/words.ts';"],
    ['no-node-in-drawing', 'client/drawing/a.ts', "import { readFileSync } from 'node:fs';"],
    ['arrows', 'core/a.ts', "import {\n  b,\n  c,\n} from '../bench/plain.ts';"],
    ['arrows', 'core/a.ts', "const x = 1; import { b } from '../test/support/world.ts';"],
    ['import-known', 'core/a.ts', 'export const load = (name: string) => import(name);'],
    ['core-packages', 'core/a.ts', "import * as z from 'zod';"],
    ['core-packages', 'core/a.ts', "import { type ZodType } from 'zod';"],
    ['no-aws', 'core/a.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['no-aws', 'flows/one/a.ts', "import type { Context } from 'aws-lambda';"],
    ['no-aws', 'api/a.ts', "import { Logger } from '@aws-lambda-powertools/logger';"],
    ['no-io', 'core/a.ts', "import { readFileSync } from 'node:fs';"],
    ['no-io', 'core/a.ts', "import { readFile } from 'fs/promises';"],
    ['no-io', 'core/a.ts', "import { connect } from 'node:net';"],
    ['no-io', 'core/a.ts', "import { DatabaseSync } from 'node:sqlite';"],
    ['no-io', 'core/a.ts', "import { scheduler } from 'node:timers/promises';"],
    ['no-io', 'core/a.ts', "import { createHmac, randomFill } from 'node:crypto';"],
    ['no-io', 'core/a.ts', "import crypto from 'node:crypto';"],
    ['no-io', 'core/a.ts', "const { spawn } = require('node:child_process');"],
    ['no-io', 'flows/one/actions/a.ts', "import { request } from 'node:http';"],
    ['no-flow-in-core', 'core/a.ts', "const name = 'sample-flow';"],
    ['no-flow-in-core', 'core/a.ts', 'const key = `sample-flow#${id}`;'],
    ['no-state-in-action', 'flows/one/actions/a.ts', "return { outcome: 'Waiting' };"],
    ['no-state-in-action', 'flows/one/actions/a.ts', 'const next = states.Waiting;'],
    ['no-state-in-action', 'flows/one/actions/a.ts', '// Goes to Waiting.'],
    ['no-state-in-action', 'flows/one/actions/a.ts', "if (state === 'New') return;"],
    ['deterministic', 'core/a.ts', 'const now = Date.now();'],
    ['deterministic', 'core/a.ts', 'const now = new Date().toISOString();'],
    ['deterministic', 'core/a.ts', 'const now = new Date;'],
    ['deterministic', 'core/a.ts', 'const now = Date();'],
    ['deterministic', 'core/a.ts', 'const id = crypto.randomUUID();'],
    ['deterministic', 'core/a.ts', 'setTimeout(() => {}, 10);'],
    ['deterministic', 'core/a.ts', 'const begin = performance.now();'],
    ['deterministic', 'core/a.ts', "const level = process.env['LEVEL'];"],
    ['deterministic', 'flows/one/actions/a.ts', 'const n = Math.random();'],
    ['deterministic', 'flows/one/actions/a.ts', 'const salt = randomBytes(16);'],
    ['deterministic', 'flows/one/actions/a.ts', 'setInterval(() => {}, 10);'],
    ['deterministic', 'flows/one/a.ts', "await fetch('https://example.com');"],
    ['environment', 'api/a.ts', "const level = process.env['LEVEL'];"],
    ['environment', 'local/settings.ts', "const level = process['env'].LEVEL;"],
    ['environment', 'lambdas/a.ts', 'const { env } = process;'],
    ['environment', 'adapters/aws/a.ts', "import { env } from 'node:process';"],
    ['constant-time', 'flows/one/a.ts', 'const valid = stored.password !== derived;'],
    ['constant-time', 'flows/one/actions/a.ts', 'if (given === code) return;'],
    ['constant-time', 'api/a.ts', 'if (a.b == event.webhookSignature) return;'],
    ['constant-time', 'adapters/aws/a.ts', 'return expected.equals(given);'],
    ['length', 'api/a.ts', tall(601)],
    ['no-any', 'test/a.ts', 'const x: any = 1;'],
    ['no-any', 'api/a.ts', 'const x = y as any;'],
    ['no-any', 'api/a.ts', 'const x: any[] = [];'],
    ['no-any', 'api/a.ts', 'const x = new Map<string, any>();'],
  ];

  test.each(titled(bad))('breaks a rule: %s', (_title, rule, path, text) => {
    expect(new Set(lint(path, text))).toEqual(new Set([rule]));
  });

  test('breaks every rule somewhere above', () => {
    expect(Object.keys(rules).filter((rule) => !bad.some(([one]) => one === rule))).toEqual([]);
  });

  const good: [path: string, text: string][] = [
    ['core/a.ts', "import type * as z from 'zod';\nimport { b } from './b.ts';"],
    ['core/a.ts', "import { createHmac, type KeyObject } from 'node:crypto';"],
    ['core/a.ts', "// Never Date.now(): 'sample-flow' asks the clock.\nconst at = new Date(clock.now());"],
    ['core/a.ts', "/** import { b } from '../api/app.ts' */\nconst paymentOf = 'resample-flows';"],
    ['flows/one/a.ts', "import asl from '../../state-definitions/one.asl.json' with { type: 'json' };"],
    [
      'flows/one/actions/a.ts',
      "import { b } from '../data.ts';\nimport { c } from '../../../core/action.ts';",
    ],
    ['flows/one/actions/a.ts', "return { outcome: 'WaitingOver' }; // whoever waits is Donee"],
    ['api/a.ts', "import { b } from '../flows/one/session.ts';\nimport { c } from '../core/errors.ts';"],
    ['lambdas/environment.ts', 'export const read = (source = process.env) => source;'],
    [
      'local/a.ts',
      "import { b } from './sandbox/start.ts';\nimport { c } from '../adapters/stripe/gateway.ts';",
    ],
    ['local/sandbox/a.ts', "import { b } from '../../flows/one/currencies.ts';"],
    ['local/main.ts', "import { b } from '../api/app.ts';\nconst port = process.env['PORT'];"],
    ['infra/a.ts', "import type { Variable } from '../lambdas/environment.ts';"],
    [
      'operations/a.ts',
      "import { b } from '../local/users.ts';\nimport { c } from '../adapters/aws/clients.ts';",
    ],
    [
      'client/drawing/a.ts',
      "import { h } from 'preact';\nimport type { Graph } from '../../core/graph.ts';\nimport { b } from './text.ts';",
    ],
    ['client/inspector/a.tsx', "import { b } from '../drawing/machine.ts';\nimport { c } from './words.ts';"],
    ['client/inspector/a.ts', 'if (fragment === location.hash) return;'],
    ['operations/a.ts', "import { b } from '../client/drawing/svg.ts';"],
    ['bench/a.ts', "import { b } from '../local/runtime.ts';\nconst n = process.env['N'];"],
    ['api/a.ts', "if (error.code === 'EACCES' || token === undefined || code !== null) return;"],
    ['api/a.ts', "const text = 'for any: of them'; // any"],
    ['api/a.ts', tall(600)],
  ];

  test.each(titled(good))('is clean: %s', (_title, path, text) => {
    expect(lint(path, text)).toEqual([]);
  });
});
