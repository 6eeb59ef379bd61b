/** A part of the page that scrolls by itself. */
import type { ComponentChildren, Ref } from 'preact';

export interface ScrollerProps {
  /** What it is, for those who do not see where it stands. */
  name: string;
  class: string;
  children: ComponentChildren;
  of?: Ref<HTMLElement>;
}

/** It can be reached, and so scrolled, by keyboard (WCAG 2.1.1). */
export function Scroller({ name, children, of, ...props }: ScrollerProps) {
  const focusable = { tabIndex: 0, ...(of && { ref: of }) };
  return (
    <section aria-label={name} {...props} {...focusable}>
      {children}
    </section>
  );
}
