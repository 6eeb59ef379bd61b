/** The `stripe` library on a sandbox in the same process: no sockets, no timers. */
import Stripe from 'stripe';
import type { Sandbox, SandboxAnswer, SandboxFault, SandboxRequest } from '../../local/sandbox/gateway.ts';

export type Delivered = SandboxAnswer | 'cut' | 'silent';

/** On the way back: may take its time, or lose what the sandbox has answered. */
export type Hook = (request: SandboxRequest, answer: Delivered) => Promise<Delivered>;

/** A client for the option `httpClient` of the library. How time passes is for the hook: who is silent is given up at once. */
export function inProcessClient(
  sandbox: Sandbox,
  hook: Hook = async (_request, answer) => answer,
  fault: () => SandboxFault = () => 'none',
): Stripe.HttpClient {
  return {
    getClientName: () => 'in-process',
    async makeRequest(_host, _port, path, method, headers, body) {
      const request = { method, path, headers: headers as SandboxRequest['headers'], body };
      const answer = await hook(request, sandbox.handle(request, fault()));
      if (answer === 'silent') throw Stripe.HttpClient.makeTimeoutError();
      if (answer === 'cut') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      return responseOf(answer);
    },
  };
}

const responseOf = ({ status, headers, body }: SandboxAnswer) => ({
  getStatusCode: () => status,
  getHeaders: () => headers,
  getRawResponse: () => ({ body }),
  toStream: () => body,
  toJSON: async () => JSON.parse(body),
});
