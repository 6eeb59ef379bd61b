/**
 * Stands between the functions and the services: every call of an SDK client passes here, is recorded, and can be refused,
 * lost or held up. Nothing in the product knows of it: the functions are told another AWS_ENDPOINT_URL.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { Deployment, FunctionName } from './deployment.ts';

/** One call of a client, as it was on the wire. */
export interface Call {
  /** Which function called. */
  by: FunctionName;
  /** `dynamodb`, `states`, `secretsmanager`, `sns`. */
  service: string;
  operation: string;
  /** The body: JSON, or the fields of a form. */
  input: { [field: string]: unknown };
  /** Of the answer; 0 while there is none. */
  status: number;
  /** The answer, where it is JSON. */
  output: { [field: string]: unknown };
}

/**
 * What happens to a call instead of being passed on:
 * - an answer: the service never sees the call;
 * - `lose`: the service does it, and the answer never arrives (the connection breaks);
 * - a promise: the service does it, and the answer waits for the promise.
 */
export type Instead = { status: number; body: string; type?: string } | 'lose' | Promise<unknown>;

/** Looks at every call, and may interfere. */
export type Rule = (call: Call) => Instead | undefined;

export interface Wire {
  calls: Call[];
  /** @returns a function that takes the rule away again. */
  rule(rule: Rule): () => void;
  /** Takes all rules away and forgets all calls. */
  clear(): void;
  /** Tells the functions their own endpoint again. */
  close(): Promise<void>;
}

/** Puts itself between these functions (default: all) and the services. */
export async function openWire(
  { endpoint, functions }: Deployment,
  names = Object.keys(functions) as FunctionName[],
): Promise<Wire> {
  const calls: Call[] = [];
  const rules = new Set<Rule>();
  const servers = await Promise.all(
    names.map(async (by) => {
      const server = createServer((asked, answer) => {
        pass({ asked, answer, endpoint, by, calls, rules }).catch(() => answer.destroy());
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return { by, server };
    }),
  );
  const tell = (by: FunctionName, url: string | undefined) => setEndpoint(functions[by], url);
  await Promise.all(servers.map(({ by, server }) => tell(by, `http://127.0.0.1:${portOf(server)}`)));
  return {
    calls,
    rule(rule) {
      rules.add(rule);
      return () => void rules.delete(rule);
    },
    clear() {
      rules.clear();
      calls.length = 0;
    },
    async close() {
      await Promise.all(names.map((by) => tell(by, undefined)));
      for (const { server } of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

interface Passing {
  asked: IncomingMessage;
  answer: ServerResponse;
  endpoint: string;
  by: FunctionName;
  calls: Call[];
  rules: Set<Rule>;
}

async function pass({ asked, answer, endpoint, by, calls, rules }: Passing): Promise<void> {
  const body = await read(asked);
  const call: Call = { by, ...operationOf(asked, body), status: 0, output: {} };
  calls.push(call);
  const instead = [...rules].map((rule) => rule(call)).find((one) => one !== undefined);
  if (typeof instead === 'object' && 'status' in instead) {
    call.status = instead.status;
    answer.writeHead(instead.status, { 'content-type': instead.type ?? 'application/x-amz-json-1.0' });
    answer.end(instead.body);
    return;
  }
  const { status, headers, text } = await forward(asked, body, endpoint);
  call.status = status;
  call.output = parsed(text);
  if (instead === 'lose') {
    answer.destroy();
    return;
  }
  await instead;
  answer.writeHead(status, headers);
  answer.end(text);
}

/** The host stays as it was signed. */
function forward(asked: IncomingMessage, body: string, endpoint: string) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; text: string }>((done, fail) => {
    const { method, headers } = asked;
    const sent = request(new URL(asked.url ?? '/', endpoint), { method, headers }, (response) => {
      read(response).then((text) => {
        const { 'transfer-encoding': _, ...kept } = response.headers;
        done({ status: response.statusCode ?? 0, headers: kept, text });
      }, fail);
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

function operationOf({ headers }: IncomingMessage, body: string) {
  const target = String(headers['x-amz-target'] ?? '');
  if (target !== '') {
    const [service = '', operation = ''] = target.split('.');
    const names: { [prefix: string]: string } = { DynamoDB_20120810: 'dynamodb', AWSStepFunctions: 'states' };
    return { service: names[service] ?? service, operation, input: parsed(body) };
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  const signed = /Credential=[^/]+\/\d+\/[^/]+\/(\w+)\//.exec(String(headers.authorization))?.[1] ?? '';
  return { service: signed, operation: form['Action'] ?? '', input: form };
}

function parsed(text: string): { [field: string]: unknown } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function read(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function setEndpoint(FunctionName: string, url: string | undefined): Promise<void> {
  const lambda = new LambdaClient();
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { AWS_ENDPOINT_URL: _, ...others } = Environment?.Variables ?? {};
  const Variables = { ...others, ...(url !== undefined && { AWS_ENDPOINT_URL: url }) };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await waitUntilFunctionUpdatedV2(
    { client: lambda, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { FunctionName },
  );
}
