import type { Hono } from 'hono';
import { at } from '../api/request.ts';

const text = `Detent: logins, payments and orders that lose nothing, whenever you pull the plug.

A login
1. Start a login:     curl -s localhost:3000/logins -H 'content-type: application/json' \\
                        -d '{"username":"demo","password":"correct-horse-battery"}'
2. Read the SMS:      curl -s localhost:3000/dev/sms
3. Enter the code:    curl -s localhost:3000/logins/LOGIN_ID/otp -H 'content-type: application/json' -d '{"code":"CODE"}'

A payment
1. Create it:         curl -s localhost:3000/payments -H 'content-type: application/json' \\
                        -d '{"merchant":"shop","amount":{"value":1290,"currency":"EUR"},"paymentMethod":"pm_card_visa"}'
2. Hold the money:    curl -s -X POST localhost:3000/payments/PAYMENT_ID/authorize
3. Take it:           curl -s -X POST localhost:3000/payments/PAYMENT_ID/capture
4. Look at it all:    curl -s localhost:3000/payments/PAYMENT_ID/history

An order
1. Place it:          curl -s localhost:3000/checkouts -H 'content-type: application/json' \\
                        -d '{"items":[{"sku":"mug","quantity":2}],"email":"you@example.com"}'
2. Pay at its page:   curl -s localhost:3000/checkouts/CHECKOUT_ID, and open the paymentUrl
3. Look at it again:  curl -s localhost:3000/checkouts/CHECKOUT_ID

Kill the process between any two steps, start it again, and go on. The README tells the rest.
`;

/** What a person sees who opens the address in a browser. */
export function welcome(app: Hono): void {
  at(app, '/', { GET: (c) => c.text(text.replaceAll('localhost:3000', new URL(c.req.url).host)) });
}
