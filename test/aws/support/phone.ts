/** The phones of the test's users: what the emulator's SNS would have sent to them. */
import { setTimeout as wait } from 'node:timers/promises';

export interface Sms {
  PhoneNumber: string;
  Message: string;
}

/** MiniStack's own path, and LocalStack's. */
const paths = ['/_ministack/sns/sms-messages', '/_aws/sns/sms-messages'];

/** @returns all messages to one number, oldest first. */
export async function messagesTo(phone: string): Promise<Sms[]> {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  for (const path of paths) {
    const response = await fetch(`${endpoint}${path}?phoneNumber=${encodeURIComponent(phone)}`);
    if (!response.ok) continue;
    const { sms_messages: messages } = (await response.json()) as {
      sms_messages: { [phone: string]: Sms[] };
    };
    return messages[phone] ?? [];
  }
  throw new Error('This emulator does not show the SMS that it was given');
}

/**
 * A stream of the emulator is one thread's work, for all its consumers: a crowd waits there, and not for us. What a relay could not do
 * then is for the reconciler, which looks for entries that are a minute old, once a minute.
 */
const PATIENCE_MS = 150_000;

/** Waits for the nth message to a number and returns its code. */
export async function codeOn(phone: string, count = 1, patienceMs = PATIENCE_MS): Promise<string> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await wait(200)) {
    const message = (await messagesTo(phone))[count - 1];
    const code = message && /\d{6}/.exec(message.Message)?.[0];
    if (code) return code;
  }
  throw new Error(`No SMS number ${count} within ${patienceMs} ms`);
}
