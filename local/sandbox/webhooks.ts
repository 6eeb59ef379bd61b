/** Sends what the sandbox has to tell to whoever listens, signed as Stripe signs, until it has arrived. */
import Stripe from 'stripe';
import type { StripeEvent } from './events.ts';

/**
 * How they come, on demand. `late`: after 10 s; `double`: each twice; `reordered`: what arises within 3 s comes in reverse order;
 * `missing`: never.
 */
export const webhookModes = ['prompt', 'late', 'double', 'reordered', 'missing'] as const;

export type WebhookMode = (typeof webhookModes)[number];

/** Where they go, and what they are signed with. */
export interface WebhookTarget {
  url: string;
  secret: string;
}

export interface SenderPorts {
  untold(): StripeEvent[];
  told(id: string): void;
  target(): WebhookTarget | undefined;
  mode(): WebhookMode;
}

const LATE_MS = 10_000;
const TOGETHER_MS = 3_000;
const TIMEOUT_MS = 10_000;
/** Between two tries of one event; doubles up to the longest. */
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** @returns a function that takes all as far as they go now; it is to be called again and again, at any time `now` (ms, real). */
export function createWebhookSender({ untold, told, target, mode }: SenderPorts) {
  const seen = new Map<string, { since: number; tries: number; next: number }>();
  let busy = false;

  async function arrives(event: StripeEvent, { url, secret }: WebhookTarget): Promise<boolean> {
    const payload = JSON.stringify(event);
    // By the real time, which is what the age of a signature goes by.
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
    const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature };
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: payload,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return response.ok;
    } catch {
      return false;
    }
  }

  async function send(event: StripeEvent, to: WebhookTarget, now: number): Promise<void> {
    const known = seen.get(event.id) ?? { since: now, tries: 0, next: 0 };
    seen.set(event.id, known);
    const how = mode();
    const wait = known.tries > 0 ? 0 : how === 'late' ? LATE_MS : how === 'reordered' ? TOGETHER_MS : 0;
    if (how !== 'missing') {
      if (now < Math.max(known.next, known.since + wait)) return;
      if (!(await arrives(event, to))) {
        const pause = Math.min(PAUSE_MS * 2 ** known.tries, LONGEST_PAUSE_MS);
        seen.set(event.id, { ...known, tries: known.tries + 1, next: now + pause });
        return;
      }
      if (how === 'double') await arrives(event, to);
    }
    told(event.id);
    seen.delete(event.id);
  }

  return async function sendAll(now: number): Promise<void> {
    const to = target();
    if (busy || !to) return;
    busy = true;
    try {
      const all = untold();
      if (mode() === 'reordered') all.reverse();
      for (const event of all) await send(event, to, now);
    } finally {
      busy = false;
    }
  };
}
