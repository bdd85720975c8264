package courtside.browser;

/** Finds texts that are hard to read, as WCAG 2.2 measures it (criterion 1.4.3). */
final class Contrast {
  /** Yields what each text with too little contrast is, its colours and the ratio. */
  static final String SCRIPT =
      """
      () => {
        const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const rgb = (colour) => colour.match(/[0-9.]+/g).map(Number);
        const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
        const ground = (element) => {
          for (let at = element; at; at = at.parentElement) {
            const found = rgb(getComputedStyle(at).backgroundColor);
            if (found.length < 4 || found[3] === 1) return found;
          }
          return [255, 255, 255];
        };
        const wrong = [];
        for (const element of document.querySelectorAll("body *")) {
          const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== "");
          if (!own || !element.checkVisibility() || element.closest("noscript")) continue;
          const style = getComputedStyle(element);
          const [text, under] = [light(rgb(style.color)), light(ground(element))];
          const ratio = (Math.max(text, under) + 0.05) / (Math.min(text, under) + 0.05);
          const large = parseFloat(style.fontSize) >= 24;
          if (ratio < (large ? 3 : 4.5)) {
            wrong.push(element.className + " '" + element.textContent.slice(0, 30) + "' " + style.color
                + " " + ratio.toFixed(2));
          }
        }
        return wrong;
      }
      """;

  private Contrast() {}
}
