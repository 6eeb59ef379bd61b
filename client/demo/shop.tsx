import { render } from 'preact';
import '../common/base.css';
import './demo.css';
import { shopExperiments } from './experiments.ts';
import { Experiments } from './experiments.tsx';
import { useFragment } from './fragment.ts';
import { Order } from './order.tsx';
import { OrderForm } from './order-form.tsx';
import { Page } from './page.tsx';
import { useWorld } from './use-world.ts';
import { Watch } from './watch.tsx';
import { WorldPanel } from './world.tsx';

function Shop() {
  const [id, setId] = useFragment();
  const world = useWorld();
  const close = () => {
    setId(undefined);
    // The button that has the focus goes.
    document.getElementById('goods-title')?.focus();
  };
  return (
    <Page
      current="Shop"
      title="Shop"
      intro="Order, pay at the provider’s page, and see it shipped. Then break something on the way: no piece and no cent is lost."
      doing={
        <>
          <OrderForm onOrder={({ checkoutId }) => setId(checkoutId)} />
          {id && <Order key={id} id={id} onClose={close} />}
        </>
      }
      breaking={
        <>
          <WorldPanel world={world} first={['webhooks', 'warehouse', 'gateway', 'pace']} />
          <Experiments list={shopExperiments} world={world} />
        </>
      }
      watching={
        <Watch flow="checkout" id={id} hint="Order something, and its way is drawn here, step by step." />
      }
    />
  );
}

const place = document.getElementById('page');
if (place) render(<Shop />, place);
