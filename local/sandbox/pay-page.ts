/** The hosted page of the sandbox: what a customer sees, and what the buttons do. */
import type { Session } from './answers.ts';
import { cards } from './cards.ts';

const escapes: { [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one);

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; background: #f3f4f6; color: #111827; display: grid; place-items: center; margin: 0; min-height: 100vh; }
  main { background: #fff; border-radius: 12px; padding: 32px; width: min(400px, 90vw); box-shadow: 0 1px 8px #0002; }
  h1 { font-size: 28px; margin: 0 0 4px; } p { margin: 0 0 16px; } .note { color: #4b5563; font-size: 14px; }
  .said { background: #fef2f2; color: #991b1b; padding: 8px 12px; border-radius: 8px; }
  label { display: block; font-size: 14px; } select, button { font: inherit; padding: 10px 14px; border-radius: 8px; border: 1px solid #6b7280; width: 100%; margin: 4px 0 12px; background: #fff; color: inherit; }
  button { cursor: pointer; } .main { background: #1d4ed8; border-color: #1d4ed8; color: #fff; } :focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
  details { margin-top: 8px; }`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>${style}</style></head><body><main>${body}</main></body></html>`;

const amountOf = ({ amount_total, currency }: Session): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(
    amount_total /
      10 **
        (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
          .maximumFractionDigits ?? 2),
  );

const ends: { [status: string]: string } = {
  complete: 'This has been paid. Nothing more is to be done here.',
  expired: 'This page has expired: nobody can pay here any more.',
};

/** @param declined whether a card has just been declined here. */
export function payPage(session: Session, declined: boolean): string {
  const end = ends[session.status];
  if (end) return page('Payment', `<h1>${amountOf(session)}</h1><p>${end}</p>`);
  const options = Object.entries(cards)
    .filter(([, { decline, captureFails }]) => !decline && !captureFails)
    .map(([name]) => `<option>${name}</option>`);
  return page(
    'Pay',
    `<h1>${amountOf(session)}</h1><p class="note">Order of ${escaped(session.customer_email ?? 'a customer')}. This is a sandbox: no money moves.</p>
${declined ? '<p class="said" role="alert">The card was declined. Try again, or take another one.</p>' : ''}
<form method="post"><label>Card <select name="card">${options.join('')}</select></label>
<button class="main" name="do" value="pay">Pay</button><button name="do" value="decline">Decline</button><button name="do" value="close">Close</button>
<details><summary>Money that comes later</summary><button name="do" value="pay-later">Transfer that arrives in a minute</button><button name="do" value="fail-later">Transfer that fails in a minute</button></details>
</form>`,
  );
}

export const noSuchPage = (): string =>
  page('Payment', '<h1>No such page</h1><p>There is nothing to pay here.</p>');

/** Nothing but its own style; its form leads here, and from here to the shop. */
export function pageHeaders({ success_url, cancel_url }: Partial<Session>): { [name: string]: string } {
  const shops = [success_url, cancel_url].flatMap((url) => (url ? [new URL(url).origin] : []));
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${[...new Set(shops)].join(' ')}; frame-ancestors 'none'`,
  };
}
