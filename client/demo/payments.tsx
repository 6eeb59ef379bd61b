import { render } from 'preact';
import '../common/base.css';
import './demo.css';
import { paymentExperiments } from './experiments.ts';
import { Experiments } from './experiments.tsx';
import { useFragment } from './fragment.ts';
import { Page } from './page.tsx';
import { Payment } from './payment.tsx';
import { PaymentForm } from './payment-form.tsx';
import { useWorld } from './use-world.ts';
import { Watch } from './watch.tsx';
import { WorldPanel } from './world.tsx';

function Payments() {
  const [id, setId] = useFragment();
  const world = useWorld();
  return (
    <Page
      current="Payments"
      title="Payments"
      intro="Hold money on a card, then take it or let it go. Press whatever you like: what does not fit the state is refused, and changes nothing."
      doing={
        <>
          <PaymentForm onPayment={({ paymentId }) => setId(paymentId)} />
          {id && <Payment key={id} id={id} />}
        </>
      }
      breaking={
        <>
          <WorldPanel world={world} first={['gateway', 'pace']} />
          <Experiments list={paymentExperiments} world={world} />
        </>
      }
      watching={
        <Watch flow="payment" id={id} hint="Create a payment, and its way is drawn here, step by step." />
      }
    />
  );
}

const place = document.getElementById('page');
if (place) render(<Payments />, place);
