import type { Hono } from 'hono';
import { at } from '../api/request.ts';

const text = `Detent: a login with a one-time code that loses nothing, whenever you pull the plug.

1. Start a login:     curl -s localhost:3000/logins -H 'content-type: application/json' \\
                        -d '{"username":"demo","password":"correct-horse-battery"}'
2. Read the SMS:      curl -s localhost:3000/dev/sms
3. Enter the code:    curl -s localhost:3000/logins/LOGIN_ID/otp -H 'content-type: application/json' -d '{"code":"CODE"}'

Kill the process between any two steps, start it again, and go on. The README tells the rest.
`;

/** What a person sees who opens the address in a browser. */
export function welcome(app: Hono): void {
  at(app, '/', { GET: (c) => c.text(text.replaceAll('localhost:3000', new URL(c.req.url).host)) });
}
