/** Says something to those who do not see the page, by the region that index.html has for that. */

let waiting: string[] = [];

/** Says it once whatever is being said has been said. The same text twice is said twice. */
export function say(text: string): void {
  const place = document.getElementById('said');
  if (!place) return;
  place.textContent = '';
  waiting.push(text);
  // A change in the same moment may go unnoticed.
  setTimeout(() => {
    if (waiting.length > 0) place.textContent = waiting.join(' ');
    waiting = [];
  }, 100);
}
