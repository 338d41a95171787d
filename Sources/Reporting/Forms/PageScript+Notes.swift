// The part of the page's script for figures and recordings.

extension PageScript {
  static let sound = #"""

    // Recordings: the page knows where they are only if the report was drawn with --audio.
    const data = document.getElementById("recordings");
    const corpora = Object.entries(data ? JSON.parse(data.textContent) : {})
      .map(([name, files]) => [name, new Map(Object.entries(files))])
      .sort((a, b) => b[0].length - a[0].length);
    // Names of figures and tables begin with their corpus.
    function recording(place, id) {
      const name = place.id.replace(/^(figure|table)-/, "");
      return corpora.find(([corpus]) => name.startsWith(corpus + "-"))?.[1].get(id);
    }
    const player = new Audio();
    let playing = null;
    function stop(message) {
      player.pause();
      playing?.setAttribute("aria-pressed", "false");
      if (message && playing) playing.title = message;
      playing = null;
    }
    player.addEventListener("ended", () => stop());
    function play(button, address) {
      const isStopping = playing === button;
      stop();
      if (isStopping) return;
      playing = button;
      button.setAttribute("aria-pressed", "true");
      player.src = address;
      player.play().catch(problem => {
        if (problem.name !== "AbortError") stop(`cannot play ${address}`);
      });
    }
    function playButton(parent, id, address) {
      const button = make("button", parent, id, {
        class: "play", type: "button", "aria-pressed": "false", title: address });
      button.addEventListener("click", () => play(button, address));
      return button;
    }
    if (data) {
      player.hidden = true;
      document.body.append(player);
      for (const box of all(".table")) {
        for (const cell of all("tbody td, tbody th", box)) {
          const address = recording(box, cell.textContent);
          if (!address) continue;
          const id = cell.textContent;
          cell.textContent = "";
          playButton(cell, id, address);
        }
      }
    }

    """#

  static let notes = #"""

    // Figures: pointing at a point or a cell, or moving to it with the arrow keys, shows its note.
    // A click keeps it, so that its text can be selected and its recordings played.
    for (const drawing of all(".drawing:has(.note)")) {
      const figure = drawing.closest("figure");
      const svg = drawing.querySelector("svg");
      const spots = all(".note", svg).map(area => {
        const lines = area.querySelector("title").textContent.split("\n");
        const rows = Number(area.dataset.rows);
        // The browser would show the title beside the box.
        area.querySelector("title").remove();
        const [x, y, width, height] = ["x", "y", "width", "height"].map(
          name => Number(area.getAttribute(name)));
        return {
          area, text: lines[0], ids: lines.slice(1, 1 + rows), more: lines[1 + rows],
          x: x + width / 2, y: y + height / 2
        };
      });
      const bySpot = new Map(spots.map(spot => [spot.area, spot]));
      const words = svg.querySelector(":scope > title").textContent;
      svg.setAttribute("aria-label", words);
      svg.removeAttribute("aria-labelledby");
      svg.querySelector(":scope > title").remove();
      drawing.tabIndex = 0;
      drawing.setAttribute("role", "group");
      drawing.setAttribute("aria-label", `${words}. Arrow keys move between the parts.`);
      const box = make("div", null, undefined, { class: "box", role: "status" });
      box.hidden = true;
      drawing.after(box);
      let current = null;
      let isPinned = false;
      let timer = 0;
      function hide() {
        clearTimeout(timer);
        current?.area.classList.remove("shown");
        box.hidden = true;
        box.classList.remove("pinned");
        isPinned = false;
      }
      const hideSoon = () => { if (!isPinned) timer = setTimeout(hide, 250); };
      function show(spot) {
        clearTimeout(timer);
        current?.area.classList.remove("shown");
        current = spot;
        spot.area.classList.add("shown");
        box.textContent = "";
        make("p", box, spot.text);
        const list = make("ul", box);
        for (const line of spot.ids) {
          const [id, detail] = line.split("\t");
          const item = make("li", list);
          const address = recording(figure, id);
          if (address) playButton(item, id, address); else make("span", item, id);
          if (detail) make("small", item, ` ${detail}`);
        }
        if (spot.more) make("li", list, spot.more);
        box.hidden = false;
        const outer = figure.getBoundingClientRect();
        const inner = spot.area.getBoundingClientRect();
        const left = inner.left - outer.left + inner.width / 2 - box.offsetWidth / 2;
        box.style.left = `${Math.max(0, Math.min(outer.width - box.offsetWidth, left))}px`;
        const isBelow = inner.bottom + box.offsetHeight + 6 < innerHeight
          || inner.top < box.offsetHeight + 6;
        const top = isBelow ? inner.bottom + 6 : inner.top - box.offsetHeight - 6;
        box.style.top = `${top - outer.top}px`;
      }
      function choose(spot) {
        show(spot);
        isPinned = true;
        box.classList.add("pinned");
        if (spot.ids.length === 1) box.querySelector("button.play")?.click();
      }
      function next(dx, dy) {
        if (!current) return spots[0];
        let best = current;
        let least = Infinity;
        for (const spot of spots) {
          const [x, y] = [spot.x - current.x, spot.y - current.y];
          const along = x * dx + y * dy;
          const cost = along + 3 * Math.abs(x * dy - y * dx);
          if (along > 0.01 && cost < least) [best, least] = [spot, cost];
        }
        return best;
      }
      drawing.addEventListener("pointerover", event => {
        const spot = bySpot.get(event.target);
        if (spot && !isPinned) show(spot);
      });
      drawing.addEventListener("pointerout", event => {
        if (bySpot.has(event.target)) hideSoon();
      });
      drawing.addEventListener("click", event => {
        const spot = bySpot.get(event.target);
        if (spot) choose(spot); else hide();
      });
      drawing.addEventListener("focus", () => {
        if (drawing.matches(":focus-visible")) show(current ?? spots[0]);
      });
      figure.addEventListener("focusout", event => {
        if (!figure.contains(event.relatedTarget)) hide();
      });
      figure.addEventListener("keydown", event => {
        if (event.key === "Escape") return hide();
        if (event.target !== drawing) return;
        const step = {
          ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]
        }[event.key];
        if (step) show(next(...step));
        else if (event.key === "Enter" && current) choose(current);
        else return;
        event.preventDefault();
      });
    }

    """#
}
