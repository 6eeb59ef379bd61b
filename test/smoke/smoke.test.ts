/** `npm run smoke`, against the embedded process, and against servers that are not as they should be. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { demoUser } from '../../local/users.ts';
import { type Environment, processes } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

const root = resolve(import.meta.dirname, '../..');
const { username, password } = demoUser;
const start = processes();

let folder: ReturnType<typeof temporaryFolder>;
const servers: Server[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
  for (const server of servers.splice(0)) server.close();
});

async function smoke(args: string[], environment: Environment = {}) {
  const child = spawn(process.execPath, ['test/smoke/main.ts', ...args], { cwd: root, env: environment });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (data) => (printed[name] += String(data)));
  }
  const [status] = await once(child, 'close');
  return { status, lines: printed.stdout.trimEnd().split('\n'), ...printed };
}

/** A server of the test's own, on a free port. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The real API behind a proxy that spoils some answers. */
const spoilt = (url: string, spoil: (path: string, method: string, text: string) => string) =>
  serve(async (request, response) => {
    const { url: path = '', method = '', headers } = request;
    const sent = await buffer(request);
    const answer = await fetch(url + path, {
      method,
      headers: Object.entries(headers).flatMap(([name, value]) =>
        ['content-type', 'authorization'].includes(name) ? [[name, String(value)] as [string, string]] : [],
      ),
      ...(sent.length > 0 && { body: sent }),
    });
    const text = spoil(path, method, await answer.text());
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
      ...(answer.headers.has('allow') && { allow: answer.headers.get('allow') ?? '' }),
    });
    response.end(text);
  });

describe('against the embedded process', () => {
  test('all is well, with and without a slash at the end', async () => {
    const { url } = await start(folder.path);
    for (const address of [url, `${url}/`]) {
      const { status, lines, stderr } = await smoke([address]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(lines.filter((line) => line.startsWith('ok    '))).toHaveLength(7);
      expect(lines.at(-1)).toBe('smoke: all 7 checks passed');
    }
  });

  test('with a user it begins a login, and cancels it', async () => {
    const detent = await start(folder.path);
    const { status, lines } = await smoke([detent.url], {
      SMOKE_USERNAME: username,
      SMOKE_PASSWORD: password,
    });
    expect({ status, last: lines.at(-1) }).toEqual({ status: 0, last: 'smoke: all 8 checks passed' });
    const { body } = await detent.get('/dev/sms');
    const [message] = body['messages'] as unknown as { effectId: string }[];
    const login = await detent.get(`/logins/${message?.effectId.split('/')[0]}`);
    expect(login.body).toMatchObject({ state: 'Cancelled' });
  });

  test('with a wrong password one check fails, and the password is not said', async () => {
    const { url } = await start(folder.path);
    const wrong = { SMOKE_USERNAME: username, SMOKE_PASSWORD: 'not-this-one' };
    const { status, lines, stdout, stderr } = await smoke([url], wrong);
    expect(status).toBe(1);
    expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([
      'FAIL  a login of the given user waits for its code, and can be cancelled: the status of the login should be 201, not 401',
    ]);
    expect(lines.at(-1)).toBe('smoke: 1 of 8 failed');
    expect(stdout + stderr).not.toContain('not-this-one');
  });

  test.each<[string, (path: string, method: string, text: string) => string, RegExp]>([
    [
      'two keys',
      (path, _, text) => (path.includes('jwks') ? text.replace(/\[(.*)\]/, '[$1,$1]') : text),
      /^FAIL {2}one public key .*: the number of keys should be 1, not 2$/m,
    ],
    [
      'a private key',
      (path, _, text) => (path.includes('jwks') ? text.replace('"kty"', '"d":"x","kty"') : text),
      /^FAIL {2}one public key .*: a private part in it should be false, not true$/m,
    ],
    [
      'the name of another problem',
      (_, method, text) => (method === 'PUT' ? text.replace('method-not-allowed', 'not-found') : text),
      /^FAIL {2}a wrong method .*: the name at the end of "type" should be "method-not-allowed", not "not-found"$/m,
    ],
    [
      'another status in the body',
      (path, _, text) => (path === '/session' ? text.replace('401', '403') : text),
      /^FAIL {2}a session with a bad token .*: "status" in the body should be 401, not 403$/m,
    ],
  ])('%s: that one check fails', async (_, spoil, line) => {
    const { url } = await start(folder.path);
    const { status, stdout, lines } = await smoke([await spoilt(url, spoil)]);
    expect(status).toBe(1);
    expect(stdout).toMatch(line);
    expect(lines.at(-1)).toBe('smoke: 1 of 7 failed');
  });
});

describe('against a server that is something else', () => {
  test('every check fails', async () => {
    const url = await serve((_, response) => response.end('It works!'));
    const { status, lines } = await smoke([url]);
    expect(status).toBe(1);
    expect(lines.filter((line) => line.startsWith('FAIL  '))).toHaveLength(7);
    expect(lines.at(-1)).toBe('smoke: 7 of 7 failed');
  });

  test('one that is still starting is waited for', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.writeHead(asked < 2 ? 503 : 200).end('{}');
    });
    const { lines } = await smoke([url, '--wait', '20']);
    expect(lines).toHaveLength(8);
  });

  test('one that does not come up is one failure', async () => {
    const url = await serve((_, response) => response.writeHead(503).end());
    const { status, lines } = await smoke([url, '--wait', '1']);
    expect({ status, first: lines[0] }).toEqual({
      status: 1,
      first: 'FAIL  the API answers: not within 1 s; at last: status 503',
    });
  });

  test('one that never answers is one failure, with the cause', async () => {
    const url = await serve(() => {});
    servers.splice(0).map((server) => server.close());
    const { status, lines } = await smoke([url, '--wait', '1']);
    expect({ status, lines }).toEqual({
      status: 1,
      lines: [
        'FAIL  the API answers: not within 1 s; at last: ECONNREFUSED',
        'smoke: failed, no check could run',
      ],
    });
  });
});

describe('bad use is told, with the help, and 2', () => {
  test.each<[string[], string, Environment?]>([
    [[], 'The address of the API is missing.'],
    [['localhost:3000'], 'The address must begin with http:// or https://, and be whole.'],
    [['https://user:secret@example.com'], 'The address must have neither a user'],
    [['http://a.example', 'http://b.example'], 'One address only.'],
    [['http://a.example', '--wait', 'long'], '--wait must be a whole number'],
    [['http://a.example', '--fast'], "Unknown option '--fast'"],
    [['http://a.example'], 'one is missing', { SMOKE_USERNAME: 'demo' }],
  ])('%j', async (args, sentence, environment = {}) => {
    const { status, stdout, stderr } = await smoke(args, environment);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).toContain('npm run smoke -- URL');
    expect(stderr).not.toContain('secret@');
  });

  test('--help is no error', async () => {
    const { status, stdout } = await smoke(['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('SMOKE_USERNAME');
  });
});
