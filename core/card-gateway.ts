/** What payments ask of a card gateway. Data in, data out; amounts are whole minor units of an ISO 4217 currency. */

export type Money = {
  /** Minor units: 1290 is 12.90 where the currency has two digits. */
  value: number;
  /** ISO 4217, in capitals. */
  currency: string;
};

/**
 * One movement of money. `authorization` is the gateway's id of the hold that `authorize` has made; `amount` of a capture or a
 * reversal is all or a part of what was authorised, or captured.
 */
export type GatewayRequest =
  | { do: 'authorize'; merchant: string; amount: Money; paymentMethod: string }
  | { do: 'capture'; authorization: string; amount: Money }
  | { do: 'void'; authorization: string }
  | { do: 'reverse'; authorization: string; amount: Money };

export interface GatewayCall {
  /** The payment that asks. Kept at the gateway with what is made, so that it can be found again. */
  paymentId: string;
  /** The idempotency key: a second request under it is answered like the first, and does nothing. For a day. */
  key: string;
  signal: AbortSignal;
}

/**
 * What a gateway says of a request.
 *
 * - `done`;
 * - `refused`: it has not been done, and never will be. `code` is a word of the gateway's, without personal data;
 * - `undecided`: it has been taken, and its end is open;
 * - `stored-error`: the gateway has kept an error of its own under this key, and repeats it: the key is of no use any more, and
 *   whether anything was done is open.
 */
export type GatewayAnswer =
  | { status: 'done'; authorization: string }
  | { status: 'refused'; code: string }
  | { status: 'undecided' }
  | { status: 'stored-error' };

/** What became of a request. `nothing`: it is proved that nothing was done, so that it may be made anew. */
export type GatewayFinding = Exclude<GatewayAnswer, { status: 'stored-error' }> | { status: 'nothing' };

export interface CardGateway {
  /**
   * @throws EffectError `transient`: certainly not done, and may succeed soon (a limit, no connection); `ambiguous`: nobody
   * knows (no answer, an error of the gateway that it has not said to be the stored one).
   */
  send(request: GatewayRequest, call: GatewayCall): Promise<GatewayAnswer>;
  /**
   * Finds out by what the gateway holds, without the key of the request. Changes nothing.
   *
   * @param since ISO 8601 UTC: the request was not made before.
   * @throws EffectError `transient` where the gateway does not say.
   */
  find(request: GatewayRequest, since: string, call: FindCall): Promise<GatewayFinding>;
}

/** `now` is ISO 8601 UTC. */
export type FindCall = Omit<GatewayCall, 'key'> & { now: string };
