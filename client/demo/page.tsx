/** What the demonstration's pages have in common: where one can go, and what is beside what. */
import type { ComponentChildren } from 'preact';

const pages: readonly [name: string, path: string][] = [
  ['Login', '/'],
  ['Shop', '/demo/shop'],
  ['Payments', '/demo/payments'],
  ['Inspector', '/inspect'],
];

/** @param current the name of the page that is open. */
export function Navigation({ current }: { current: string }) {
  return (
    <nav class="demo-nav" aria-label="Demonstration">
      <ul>
        {pages.map(([name, path]) => (
          <li key={name}>
            <a href={path} aria-current={name === current ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface PageProps {
  current: string;
  title: string;
  intro: string;
  /** What one does here. */
  doing: ComponentChildren;
  /** What can be broken, and tried. */
  breaking: ComponentChildren;
  /** What comes of it. */
  watching: ComponentChildren;
}

export function Page({ current, title, intro, doing, breaking, watching }: PageProps) {
  return (
    <>
      <header class="demo-head">
        <span class="brand">Detent</span>
        <Navigation current={current} />
      </header>
      <main class="demo">
        <div class="intro">
          <h1>{title}</h1>
          <p class="lead">{intro}</p>
        </div>
        <div class="doing">{doing}</div>
        <div class="watching">{watching}</div>
        <div class="breaking">{breaking}</div>
      </main>
    </>
  );
}
