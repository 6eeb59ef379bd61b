/** Pure: the cards of the sandbox that behave in ways of their own, in words. */

/** By the name under which the gateway knows each. */
export const cards: readonly (readonly [paymentMethod: string, label: string, what: string])[] = [
  ['pm_card_visa', 'A card that works', 'Every step succeeds.'],
  ['pm_card_visa_chargeDeclined', 'A card that is declined', 'The authorisation is refused.'],
  [
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    'A card without money',
    'The authorisation is refused, for want of funds.',
  ],
  ['pm_card_captureFail', 'A card whose capture fails', 'It is held, and then the money cannot be taken.'],
  ['pm_card_refundFail', 'A card whose refund fails', 'The money is taken, and cannot be given back.'],
  ['pm_card_pendingRefund', 'A card whose refund takes its time', 'The money is given back some time after.'],
];

/** What a card does; nothing for one without words. */
export const cardText = (paymentMethod: string): string =>
  cards.find(([name]) => name === paymentMethod)?.[2] ?? '';
