/** How long things take: assumed, never measured on AWS. Those of the bill, and the hashing that the bill leaves out. */
import { assumed } from '../prices.ts';

/** Seconds of a core that the hash of a password takes, with one core: what local/admission.ts reckons with. */
export const HASHING = 0.25;

const [request, action, password, relay] = assumed.lambda.login;

/** Seconds of each hold of one login. A request waits for its execution, and the first one for the hash as well. */
export const seconds = {
  requests: [request.seconds + HASHING, request.seconds],
  /** The password, the SMS; the code, the session. */
  actions: [
    [password.seconds + HASHING, action.seconds],
    [action.seconds, action.seconds],
  ],
  relay: relay.seconds,
  executions: [assumed.express.seconds + HASHING, assumed.express.seconds],
  /** One instance of which the reconciler finds that time is up: load, resolve, commit, as a request does. */
  ending: request.seconds,
} as const;

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

/** Seconds of Lambda, all functions together, of one login; those of the reconciler apart, which is one function all the time. */
export const lambdaSeconds = sum([...seconds.requests, ...seconds.actions.flat(), seconds.relay]);

/** Seconds of Express executions of one login, up to the end of its session. */
export const expressSeconds = sum([...seconds.executions, assumed.express.seconds]);

/** Seconds of the function that needs most of them: the API. */
export const apiSeconds = sum(seconds.requests);

/** Instances that one pass of the reconciler drives at once: `RECORDS_AT_ONCE` of core/reconciler.ts. */
export const RECORDS_AT_ONCE = 16;

/** Entries in a batch of the stream at the most: `batchSize` of infra/relay.ts. */
export const BATCH = 10;
