/** The embedded runtime as its users start it: a process of its own, reached over loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterEach, jest } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';

const root = resolve(import.meta.dirname, '../..');
const node = process.execPath;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Answered {
  status: number;
  body: JsonObject;
}

export type Environment = { [variable: string]: string };
export type Started = Awaited<ReturnType<typeof start>>;

/** @param under a command that runs the process in its place, under conditions of its own (`prlimit`, `setpriv`). */
function launch(dataDir: string, environment: Environment, under: string[]) {
  const [command = node, ...args] = [...under, node, join(root, 'local/main.ts')];
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', DATA_DIR: dataDir, ...environment },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (output.stdout += String(data)));
  child.stderr.on('data', (data) => (output.stderr += String(data)));
  return { child, output, ended: end(child, output) };
}

async function end(child: ChildProcess, output: { stdout: string; stderr: string }): Promise<Ended> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...output };
}

/** Starts the process where it is expected not to start (or to be killed before), and says how it ended. */
export async function refuse(
  dataDir: string,
  environment: Environment = {},
  killAfterMs = 10_000,
  under: string[] = [],
): Promise<Ended> {
  const { child, ended } = launch(dataDir, environment, under);
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return ended.finally(() => clearTimeout(timer));
}

/** For a test file: a `start` whose processes end with their test. */
export function processes(): typeof start {
  // It takes its time to start where the machine has other work.
  jest.setTimeout(30_000);
  const started: Started[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((detent) => detent.stop('SIGKILL')));
  });
  return async (...how) => {
    const detent = await start(...how);
    started.push(detent);
    return detent;
  };
}

/** Starts the process and waits for its ready line. */
export async function start(dataDir: string, environment: Environment = {}, under: string[] = []) {
  const { child, output, ended } = launch(dataDir, environment, under);
  const url = await ready(child, output);

  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Environment = {},
  ): Promise<Answered> {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
  }

  return {
    ...{ child, url, output, ended, send },
    get: (path: string, headers?: Environment) => send('GET', path, undefined, headers),
    post: (path: string, body?: unknown, headers?: Environment) => send('POST', path, body, headers),
    /** Asks it to end, and waits until it has. */
    stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
      child.kill(signal);
      return ended;
    },
  };
}

function ready(child: ChildProcess, output: { stdout: string; stderr: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const url = /^ready (http:\/\/localhost:\d+)\n/m.exec(output.stdout)?.[1];
      if (url) resolve(url);
    };
    child.stdout?.on('data', look);
    child.once('exit', () => reject(new Error(`it did not start: ${output.stderr}`)));
  });
}

/** The code in the SMS of a login, once it is there. */
export async function codeOf(detent: Started, loginId: string): Promise<string> {
  for (let look = 0; look < 400; look++) {
    const { body } = await detent.get('/dev/sms');
    const messages = body['messages'] as unknown as { effectId: string; body: string }[];
    const found = messages.find(({ effectId }) => effectId.startsWith(`${loginId}/`));
    if (found) return found.body.slice(0, 6);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no SMS for ${loginId}`);
}
