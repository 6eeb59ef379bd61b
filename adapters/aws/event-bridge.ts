/** Committed transitions on an EventBridge bus. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EffectError, nameOf } from '../../core/errors.ts';
import type { Publisher } from '../../core/publication.ts';

/** `detail-type` of every message; `source` is this with the flow's name. */
export const DETAIL_TYPE = 'Transition';
export const sourceOf = (flow: string): string => `detent.${flow}`;

/**
 * Puts each message on the bus as the detail of an event, at the time of its transition.
 *
 * @throws EffectError `transient` where the bus did not take it; `ambiguous` where it did not say. Its reason is the code of the error.
 */
export const createEventBridgePublisher =
  (client: EventBridgeClient, EventBusName: string): Publisher =>
  async (message, signal) => {
    const entry = {
      EventBusName,
      Source: sourceOf(message.flow),
      DetailType: DETAIL_TYPE,
      Time: new Date(message.at),
      Detail: JSON.stringify(message),
    };
    const command = new PutEventsCommand({ Entries: [entry] });
    const { FailedEntryCount = 0, Entries = [] } = await client
      .send(command, { abortSignal: signal })
      .catch((error: unknown) => {
        throw new EffectError(isRefusal(error) ? 'transient' : 'ambiguous', nameOf(error));
      });
    if (FailedEntryCount > 0) throw new EffectError('transient', Entries[0]?.ErrorCode ?? 'unknown');
  };

/** An answer that refuses is a fact: nothing was taken. All else is open. */
function isRefusal(error: unknown): boolean {
  const { $metadata } = Object(error) as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
}
