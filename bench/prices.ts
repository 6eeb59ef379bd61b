/** What the services cost: US dollars, us-east-1, on demand, without free tiers. AWS price pages, read in November 2026. */
export const prices = {
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  expressRequest: 1e-6,
  expressGigabyteSecond: 0.00001667,
  lambdaRequest: 0.2e-6,
  /** arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  httpRequest: 1e-6,
  /** EventBridge, custom events, each of up to 64 KB. */
  busEvent: 1e-6,
  /** SQS, standard queues. */
  queueRequest: 0.4e-6,
  standardTransition: 25e-6,
} as const;

/** What one instance, a login, a payment or an order, was counted to need. */
export interface Counted {
  writeUnits: number;
  readUnits: number;
  executions: number;
  lambdaInvocations: number;
  httpRequests: number;
  /** Transitions that the bus was told of; 0 where it is told of none. */
  busEvents?: number;
  /** What is sent, received and deleted on our side of queues; 0 where there is none. */
  queueRequests?: number;
}

/** The flows whose bills are known. */
export type Billed = 'login' | 'payment' | 'checkout';

/**
 * Times cannot be counted, and an emulator's are not those of AWS: assumed, for functions that are warm. A request waits for its
 * execution; the time that hashing a password takes is left out, like the SMS itself: whoever has passwords pays for both.
 */
export const assumed = {
  /** Of one execution; billed by 100 ms and 64 MB. */
  express: { seconds: 0.2, gigabytes: 0.0625 },
  /** Of the functions of one instance; the memory is what infra gives them. */
  lambda: {
    login: [
      { what: 'two requests', times: 2, seconds: 0.15, gigabytes: 0.5 },
      { what: 'the actions but for the password', times: 3, seconds: 0.03, gigabytes: 0.25 },
      { what: 'the password', times: 1, seconds: 0.03, gigabytes: 1.73 },
      { what: 'the relay', times: 1, seconds: 0.15, gigabytes: 0.25 },
    ],
    payment: [
      { what: 'three requests', times: 3, seconds: 0.15, gigabytes: 0.5 },
      { what: 'the actions', times: 5, seconds: 0.03, gigabytes: 0.25 },
      { what: 'the relay, to the gateway and back', times: 2, seconds: 0.8, gigabytes: 0.25 },
      { what: 'the relay, to the bus alone', times: 3, seconds: 0.1, gigabytes: 0.25 },
    ],
    checkout: [
      { what: 'two requests and a webhook', times: 3, seconds: 0.15, gigabytes: 0.5 },
      { what: 'the report of the warehouse', times: 1, seconds: 0.15, gigabytes: 0.25 },
      { what: 'the actions', times: 5, seconds: 0.03, gigabytes: 0.25 },
      { what: 'the relay, to the provider and back', times: 1, seconds: 0.8, gigabytes: 0.25 },
      { what: 'the relay, to the warehouse', times: 1, seconds: 0.1, gigabytes: 0.25 },
    ],
  },
} as const;

const lambdaGigabyteSeconds = (flow: Billed): number =>
  assumed.lambda[flow].reduce((sum, { times, seconds, gigabytes }) => sum + times * seconds * gigabytes, 0);

/** US dollars by what they are paid for; `counted` and `assumed` say how sure a figure is. */
export function dollarsOf(flow: Billed, counted: Counted) {
  const { writeUnits, readUnits, executions, lambdaInvocations, httpRequests } = counted;
  const { busEvents = 0, queueRequests = 0 } = counted;
  const { express } = assumed;
  return {
    counted: {
      'DynamoDB, writes': writeUnits * prices.writeUnit,
      'DynamoDB, reads': readUnits * prices.readUnit,
      'Step Functions Express, requests': executions * prices.expressRequest,
      'Lambda, requests': lambdaInvocations * prices.lambdaRequest,
      ...(busEvents > 0 && { 'EventBridge, events': busEvents * prices.busEvent }),
      ...(queueRequests > 0 && { 'SQS, requests': queueRequests * prices.queueRequest }),
    },
    assumed: {
      'Step Functions Express, duration':
        executions * express.seconds * express.gigabytes * prices.expressGigabyteSecond,
      'Lambda, duration': lambdaGigabyteSeconds(flow) * prices.lambdaGigabyteSecond,
    },
    gateway: { 'API Gateway HTTP API': httpRequests * prices.httpRequest },
  };
}

export const sumOfDollars = (lines: { [name: string]: number }): number =>
  Object.values(lines).reduce((sum, one) => sum + one, 0);
