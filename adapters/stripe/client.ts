/** Stripe's own library, set up so that one call is one try. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';

export interface ClientOptions {
  /** Where the API is, such as `http://127.0.0.1:12111`; by default Stripe's own address. */
  url?: string;
  /** Per request, in ms. */
  timeoutMs: number;
  /** In place of the network. */
  httpClient?: Stripe.HttpClient;
}

export const stripeClient = (apiKey: string, options: ClientOptions): Stripe =>
  new Stripe(apiKey, configOf(options));

/** No retries of its own, since ours know more; nothing told to anybody. */
function configOf({ url, timeoutMs, httpClient }: ClientOptions): Stripe.StripeConfig {
  const { hostname: host, port, protocol } = new URL(url ?? 'https://api.stripe.com');
  const plain = protocol === 'http:';
  return {
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
    httpClient: oneTry(httpClient ?? network(plain)),
    ...(url !== undefined && {
      host,
      protocol: plain ? 'http' : 'https',
      ...(port && { port: Number(port) }),
    }),
  };
}

/**
 * A connection for each request: one that was kept open may have been closed meanwhile, above all where a function sleeps
 * between its calls, and then nobody knows whether the request went.
 */
const network = (plain: boolean): Stripe.HttpClient =>
  Stripe.createNodeHttpClient(new (plain ? HttpAgent : HttpsAgent)({ keepAlive: false }));

/**
 * The library sends a request again whose connection was closed, whatever it is told of retries (RequestSender, `_shouldRetry`,
 * by the code of the error). Where nobody answers the second time, its error would say that the first was never taken.
 */
const oneTry = (client: Stripe.HttpClient): Stripe.HttpClient => ({
  getClientName: () => client.getClientName(),
  async makeRequest(...request) {
    try {
      return await client.makeRequest(...request);
    } catch (error) {
      throw new Error('no answer', { cause: error });
    }
  },
});
