// The script of the web page. The page can be read without it. The script sorts and filters tables,
// shows which utterances are behind a point or a cell, and plays their recordings.
import Files
import Foundation

/// The page's script, and the policy that permits no other.
enum PageScript {
  /// The content security policy. The page loads only its own images and recordings on this
  /// machine, and runs no script but this one.
  static let policy = """
    default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self' file:; \
    script-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'
    """

  static let text = "(() => {" + contents + tables + sound + notes + "})();"

  /// The script's SHA-256 in base 64.
  private static var digest: String {
    let digits = Array(sha256(text).utf8)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
      UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16)
    }
    return Data(bytes).base64EncodedString()
  }
}

// Contents and tables.
extension PageScript {
  static let contents = #"""

    "use strict";
    const all = (query, root = document) => [...root.querySelectorAll(query)];
    function make(tag, parent, text, attributes = {}) {
      const element = document.createElement(tag);
      if (text !== undefined) element.textContent = text;
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      parent?.append(element);
      return element;
    }

    // The contents stay open beside the report. On a narrow screen they fold.
    const contents = document.querySelector("nav details");
    const isWide = matchMedia("(min-width: 72rem)");
    const fold = () => { contents.open = isWide.matches; };
    isWide.addEventListener("change", fold);
    fold();
    contents.addEventListener("click", event => {
      if (event.target.closest("a") && !isWide.matches) contents.open = false;
    });
    const entries = new Map(all("nav a").map(a => [a.getAttribute("href").slice(1), a]));
    const observer = new IntersectionObserver(changes => {
      for (const change of changes.filter(change => change.isIntersecting)) {
        for (const entry of entries.values()) entry.removeAttribute("aria-current");
        entries.get(change.target.id)?.setAttribute("aria-current", "location");
      }
    }, { rootMargin: "-10% 0px -85% 0px" });
    for (const section of all("main > section")) observer.observe(section);

    """#

  static let tables = #"""

    // Tables: a click on a column's head sorts; a field above a long table filters.
    const order = new Intl.Collator("en", { numeric: true });
    const shownText = cell => cell.dataset.group ?? cell.textContent;
    function number(text) {
      const plain = text.replace(/[\s\u2009\u202f]/g, "").replace(/\u2212/g, "-");
      const found = /^[^\d+\-.]{0,2}([+-]?\d*\.?\d+(?:e[+-]?\d+)?)/i.exec(plain);
      return found ? Number(found[1]) : NaN;
    }
    const isMissing = text => /^\s*(–|—|not recorded|not run)?\s*$/.test(text);
    for (const box of all(".table")) {
      const table = box.querySelector("table");
      const body = table.tBodies[0];
      const rows = [...body.rows];
      const movable = rows.filter(row => !row.classList.contains("total"));
      const fixed = rows.filter(row => row.classList.contains("total"));
      const heads = [...table.tHead.rows[0].cells];
      function sort(head, column) {
        const next = { none: "ascending", ascending: "descending", descending: "none" }[
          head.getAttribute("aria-sort")];
        for (const other of heads) {
          if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
        }
        head.setAttribute("aria-sort", next);
        table.classList.toggle("sorted", next !== "none");
        const texts = new Map(movable.map(row => [row, shownText(row.cells[column])]));
        const known = movable.filter(row => !isMissing(texts.get(row)));
        const isNumeric = known.every(row => !Number.isNaN(number(texts.get(row))));
        const sign = next === "descending" ? -1 : 1;
        const compare = (a, b) => {
          const [x, y] = [texts.get(a), texts.get(b)];
          return sign * (isNumeric ? number(x) - number(y) : order.compare(x, y));
        };
        // Cells without a value come last in both directions.
        const sorted = next === "none" ? movable
          : [...known.toSorted(compare), ...movable.filter(row => isMissing(texts.get(row)))];
        body.append(...sorted, ...fixed);
      }
      if (movable.length > 1) {
        heads.forEach((head, column) => {
          const text = head.textContent;
          head.textContent = "";
          head.setAttribute("aria-sort", "none");
          make("button", head, text, { type: "button" })
            .addEventListener("click", () => sort(head, column));
        });
      }
      if (rows.length > 12) {
        const line = make("p", null, undefined, { class: "filter" });
        const field = make("input", make("label", line, "Filter rows"), undefined, {
          type: "search", "aria-controls": box.id });
        const count = make("span", line, "", { role: "status" });
        field.addEventListener("input", () => {
          const words = field.value.toLowerCase().split(/\s+/).filter(word => word);
          for (const row of rows) {
            const text = [...row.cells].map(shownText).join(" ").toLowerCase();
            row.hidden = !words.every(word => text.includes(word));
          }
          const left = rows.filter(row => !row.hidden).length;
          count.textContent = words.length ? `${left} of ${rows.length} rows` : "";
        });
        box.before(line);
      }
    }

    """#
}
