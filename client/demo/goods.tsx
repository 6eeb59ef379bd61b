/** The goods of the shop: what they cost, what there is, and how many somebody wants. */
import { moneyText } from './money.ts';
import type { Quantities } from './wish.ts';

/** One of `GET /dev/inventory`. */
export interface Good {
  sku: string;
  /** Minor units. */
  price: number;
  onHand: number;
  reserved: number;
  sold: number;
}

interface GoodsProps {
  goods: readonly Good[];
  currency: string;
  wanted: Quantities;
  onWant(sku: string, quantity: number): void;
}

export function Goods({ goods, currency, wanted, onWant }: GoodsProps) {
  return (
    <table class="goods">
      <caption class="hidden">Goods, with what is in the shop</caption>
      <thead>
        <tr>
          <th scope="col">Good</th>
          <th scope="col">On hand</th>
          <th scope="col">Set apart</th>
          <th scope="col">Sold</th>
          <th scope="col">You want</th>
        </tr>
      </thead>
      <tbody>
        {goods.map(({ sku, price, onHand, reserved, sold }) => (
          <tr key={sku} data-sku={sku}>
            <th scope="row">
              {sku} <small>{moneyText({ value: price, currency })}</small>
            </th>
            <td data-pile="on hand">{onHand}</td>
            <td data-pile="set apart">{reserved}</td>
            <td data-pile="sold">{sold}</td>
            <td>
              <input
                type="number"
                min="0"
                max="10000"
                step="1"
                inputMode="numeric"
                aria-label={`How many of ${sku}`}
                value={Number.isNaN(wanted[sku]) ? '' : String(wanted[sku] ?? 0)}
                onInput={({ currentTarget }) => onWant(sku, currentTarget.valueAsNumber)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
