/** Pure: what the phone shows. */

/** One of `GET /dev/sms`. */
export interface Message {
  to: string;
  body: string;
  sentAt: string;
  effectId: string;
}

/** More than anybody reads. */
const MOST = 5;

/** The last few, the newest first. */
export const newestFirst = (messages: readonly Message[]): Message[] => messages.slice(-MOST).toReversed();

/** The code in an SMS. */
export const codeIn = (body: string): string | undefined => /\b\d{6}\b/.exec(body)?.[0];
