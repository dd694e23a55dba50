/**
 * Whether the page around shows this frame to the person: nothing lies over it, nothing makes it see-through, blurred
 * or small (clickjacking). Realm: frame. Sees only what the browser reports about our own document.
 * Source: W3C Intersection Observer §2.2, `trackVisibility` ("v2"). Firefox and Safari have none: there nothing is ever
 * reported, and nothing is asked. A page of its own can't be covered.
 */

/** ms between two reports: the shortest that browsers allow. */
const REPORT_MS = 100;
/** ms that a frame must have been in sight: a bait may go away between the two clicks of a double-click. */
const IN_SIGHT_MS = 400;

interface VisibilityInit extends IntersectionObserverInit {
  readonly trackVisibility: boolean;
  readonly delay: number;
}
interface VisibilityEntry extends IntersectionObserverEntry {
  readonly isVisible: boolean;
}

export class CoverWatch {
  readonly #coveredByOurselves: () => boolean;
  readonly #onSight: () => void;
  readonly #isOn = window.parent !== window && "isVisible" in IntersectionObserverEntry.prototype;
  #observer: IntersectionObserver | undefined;
  /** undefined before the first report */
  #isInSight: boolean | undefined;
  #inSightSince = Number.NEGATIVE_INFINITY;
  #hasMissed = false;

  /**
   * @param coveredByOurselves whether a modal dialog of ours is open: it covers our own document too
   * @param onSight hears that a covered frame is in sight again
   */
  constructor(coveredByOurselves: () => boolean, onSight: () => void) {
    this.#coveredByOurselves = coveredByOurselves;
    this.#onSight = onSight;
  }

  /** Whether a click now may be one that the person did not mean for us. Before the first report it may. */
  get isCovered(): boolean {
    if (!this.#isOn) return false;
    return this.#isInSight !== true || performance.now() - this.#inSightSince < IN_SIGHT_MS;
  }

  start(): void {
    if (!this.#isOn) return;
    this.#observer?.disconnect();
    this.#hasMissed = false;
    const options: VisibilityInit = { trackVisibility: true, delay: REPORT_MS };
    const observer = new IntersectionObserver((entries) => {
      if (observer === this.#observer) this.#hear(entries.at(-1) as VisibilityEntry);
    }, options);
    this.#observer = observer;
    observer.observe(document.documentElement);
  }

  stop(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#isInSight = undefined;
  }

  /**
   * From now on it counts as covered, until the browser has reported it in sight for a while: call it when the page has
   * a dialog of ours opened. Under one nothing is reported, so a page could cover it just then.
   */
  distrust(): void {
    if (!this.#isOn) return;
    this.#isInSight = false;
    this.#hasMissed = true;
  }

  /** Call it when a dialog of ours may have gone: what was reported under it is asked for anew. */
  refresh(): void {
    if (this.#hasMissed && !this.#coveredByOurselves()) this.start();
  }

  #hear({ isVisible }: VisibilityEntry): void {
    if (this.#coveredByOurselves()) {
      this.#hasMissed = true;
      return;
    }
    const wasCovered = this.#isInSight === false;
    this.#isInSight = isVisible;
    if (!wasCovered || !isVisible) return;
    this.#inSightSince = performance.now();
    this.#onSight();
  }
}
