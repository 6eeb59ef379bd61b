/** The bar above all: finding an instance, other pages, and whether what is shown is live. */

import { useConnection } from '../common/hooks.ts';
import { Find, type FindProps } from './find.tsx';
import { otherPages } from './pages.ts';

const words = {
  connecting: 'connecting …',
  live: 'live',
  away: 'not live: the process does not answer',
};

export const Top = (props: FindProps) => (
  <header class="top">
    <h1>
      <a href="#/">
        Detent <span>inspector</span>
      </a>
    </h1>
    <Find {...props} />
    <nav aria-label="Pages">
      {otherPages.map(({ name, path }) => (
        <a key={path} href={path}>
          {name}
        </a>
      ))}
    </nav>
    <Connected />
  </header>
);

function Connected() {
  const connection = useConnection();
  return (
    <p class={`connection connection-${connection}`} role="status">
      <span aria-hidden="true">{connection === 'live' ? '●' : '○'} </span>
      {words[connection]}
    </p>
  );
}
