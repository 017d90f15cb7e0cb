"use strict";
(() => {
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const form = find("#filters");
  const shown = find("#shown");
  const matrix = find("#matrix");
  const dialog = find("#dialog");
  const boxes = all("[name=outcome]", form);
  const letters = boxes.map((box) => box.dataset.letter).join("");
  const words = boxes.map((box) => box.value);
  /** Marks from the first to this one have evidence to show. */
  const lastTold = words.indexOf("expected failure");
  const versions = all("option", form.elements.dokku).slice(1).map((option) => option.value);

  // The data of the table: how many cases have which mark, by row, column, version and mark.
  const heads = all("thead th", matrix).slice(1);
  const columns = heads.map((head) => head.textContent.toLowerCase());
  const marks = words.length;
  const slots = versions.length * marks;
  const rows = all("tbody tr", matrix).map((element) => {
    const name = element.firstElementChild;
    const link = find("a", name);
    return {
      element,
      name: name.textContent.toLowerCase(),
      section: link && document.getElementById(decodeURIComponent(link.hash.slice(1))),
      counts: counts(element.dataset.cells),
      // What each cell says now; what it is to say, null in a row that is not shown; whether that is yet to be done, and
      // whether the row is in sight.
      said: null,
      wanted: null,
      is_late: false,
      is_bare: true,
      is_seen: false,
      entries: null,
    };
  });

  const byElement = new Map(rows.map((row) => [row.element, row]));

  /** Reads the data of a row: cells by blanks, versions by commas, and of each mark its letter and its count if not 1. */
  function counts(text) {
    const counts = new Uint32Array(columns.length * slots);
    text.split(" ").forEach((cell, column) => {
      if (cell === "") return;
      const tallies = cell.split(",");
      for (let version = 0; version < versions.length; version += 1) {
        const tally = tallies.length === 1 ? tallies[0] : tallies[version];
        for (const [, letter, count] of tally.matchAll(/([a-z])(\d*)/g)) {
          counts[column * slots + version * marks + letters.indexOf(letter)] = count === "" ? 1 : Number(count);
        }
      }
    });
    return counts;
  }

  /** What of a cell is among these versions and marks: how many cases, its worst mark, in how many versions, of how many. */
  function look(counts, column, wanted) {
    let cases = 0, worst = marks, some = 0, of = 0;
    for (const version of wanted.versions) {
      const from = column * slots + version * marks;
      let first = marks;
      for (let mark = 0; mark < marks; mark += 1) {
        const count = counts[from + mark];
        if (count === 0 || !wanted.marks[mark]) continue;
        cases += count;
        if (first === marks) first = mark;
      }
      if (first === marks) continue;
      of += 1;
      if (first < worst) { worst = first; some = 0; }
      if (first === worst) some += 1;
    }
    return { cases, worst, some, of };
  }

  /** Makes a cell say what was found there; null takes it away with its column. */
  function say(cell, found) {
    cell.hidden = found === null;
    if (found === null) return;
    const { worst, some, of } = found;
    const face = cell.firstElementChild ?? cell;
    face.classList.toggle("off", worst === marks);
    if (worst === marks) return;
    face.className = letters[worst];
    face.textContent = some < of ? `${words[worst]} in ${some} of ${of} versions` : words[worst];
    if (some < of) face.dataset.share = `${some}/${of}`;
    else delete face.dataset.share;
  }

  /** What the form asks for. */
  function asked() {
    const checked = boxes.filter((box) => box.checked).map((box) => box.value);
    return {
      outcome: checked.length === boxes.length ? [] : checked,
      plugin: form.elements.plugin.value.trim(),
      requirement: form.elements.requirement.value.trim(),
      dokku: form.elements.dokku.value,
    };
  }

  const everything = { versions: versions.map((_, index) => index), marks: words.map(() => true) };
  const key = (found) => (found === null ? -1 : (found.worst * 1024 + found.some) * 1024 + found.of);
  const number = (count) => count.toLocaleString("en").replaceAll(",", "\u202F");

  /** Shows what the form asks for. */
  function filter() {
    const begin = performance.now();
    const { outcome, plugin, requirement, dokku } = asked();
    const wanted = {
      versions: dokku === "" ? everything.versions : [versions.indexOf(dokku)],
      marks: words.map((word) => outcome.length === 0 || outcome.includes(word)),
    };
    const is_bare = outcome.length === 0 && dokku === "";
    const fits = columns.map((id) => id.includes(requirement.toLowerCase()));
    const used = columns.map(() => false);
    let cases = 0, plugins = 0;
    const looks = rows.map((row) => {
      if (!row.name.includes(plugin.toLowerCase())) return null;
      const cells = columns.map((_, column) => (fits[column] ? look(row.counts, column, wanted) : null));
      const is_used = (is_bare && requirement === "") || cells.some((cell) => cell && cell.cases > 0);
      if (!is_used) return null;
      plugins += 1;
      cells.forEach((cell, column) => {
        if (!cell) return;
        cases += cell.cases;
        if (cell.cases > 0) used[column] = true;
      });
      return cells;
    });
    const stays = columns.map((_, column) => fits[column] && (used[column] || is_bare));
    heads.forEach((head, column) => { head.hidden = !stays[column]; });
    rows.forEach((row, index) => {
      const cells = looks[index]?.map((cell, column) => (stays[column] ? cell : null)) ?? null;
      row.wanted = cells;
      row.is_bare = is_bare;
      row.element.classList.toggle("gone", cells === null);
      row.is_late = true;
      if (row.is_seen && performance.now() - begin < 18) update(row);
    });
    later();
    const requirements = stays.filter(Boolean).length;
    shown.textContent = `${number(cases)} of ${number(total)} cases shown · ${plugins} of ${rows.length} plugins · ${requirements} of ${columns.length} requirements`;
  }

  const is_told = (found) => found !== null && found.cases > 0 && found.worst <= lastTold;

  /** Makes a row and its entries say what they are to say. */
  function update(row) {
    const { wanted: cells, section } = row;
    row.is_late = false;
    if (section) section.hidden = cells === null || !(row.is_bare || cells.some(is_told));
    if (cells === null) return;
    row.said ??= columns.map((_, column) => key(look(row.counts, column, everything)));
    const elements = row.element.children;
    cells.forEach((cell, column) => {
      if (row.said[column] === key(cell)) return;
      say(elements[column + 1], cell);
      row.said[column] = key(cell);
    });
    if (!section) return;
    row.entries ??= entries(row);
    for (const [column, entry] of row.entries) {
      const is_hidden = !is_told(cells[column]);
      if (entry.hidden !== is_hidden) entry.hidden = is_hidden;
    }
  }

  // Rows in sight are brought up to date first, the others bit by bit, so that nobody waits for them.
  let resting = 0;
  function later() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      const begin = performance.now();
      const late = rows.filter((row) => row.is_late);
      for (const row of [...late.filter((row) => row.is_seen), ...late.filter((row) => !row.is_seen)]) {
        if (performance.now() - begin > 15) { later(); return; }
        update(row);
      }
    }, 5);
  }
  matrix.addEventListener("contentvisibilityautostatechange", ({ target, skipped }) => {
    const row = byElement.get(target);
    if (!row) return;
    row.is_seen = !skipped;
    if (row.is_seen && row.is_late) update(row);
  }, true);

  /** The entries of a row, each with its column. */
  function entries(row) {
    const links = all("td > a", row.element);
    return links.flatMap((link) => {
      const entry = document.getElementById(decodeURIComponent(link.hash.slice(1)))?.closest(".entry");
      return entry ? [[link.parentElement.cellIndex - 1, entry]] : [];
    });
  }

  // The URL keeps what is asked for.
  function keep() {
    const { outcome, plugin, requirement, dokku } = asked();
    const query = new URLSearchParams();
    if (outcome.length > 0) query.set("outcome", outcome.join(","));
    if (plugin !== "") query.set("plugin", plugin);
    if (requirement !== "") query.set("requirement", requirement);
    if (dokku !== "") query.set("dokku", dokku);
    const text = query.toString().replaceAll("%2C", ",");
    history.replaceState(null, "", `${location.pathname}${text === "" ? "" : `?${text}`}${location.hash}`);
  }

  function restore() {
    const query = new URLSearchParams(location.search);
    const outcome = (query.get("outcome") ?? "").split(",");
    for (const box of boxes) box.checked = outcome.includes(box.value);
    form.elements.plugin.value = query.get("plugin") ?? "";
    form.elements.requirement.value = query.get("requirement") ?? "";
    const dokku = query.get("dokku") ?? "";
    form.elements.dokku.value = versions.includes(dokku) ? dokku : "";
  }

  let waiting = 0;
  function changed() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => { filter(); keep(); });
  }

  // Evidence opens over the page, by its URL.
  let lent = null;
  function giveBack() {
    if (lent === null) return;
    lent.home.append(lent.body);
    lent = null;
  }

  function open() {
    const id = decodeURIComponent(location.hash.slice(1));
    const body = id === "" ? null : document.getElementById(id);
    if (body === null || !body.matches(".body")) {
      if (dialog.open) dialog.close();
      const details = body?.closest("details");
      if (details) details.open = true;
      return;
    }
    if (lent?.body === body) return;
    giveBack();
    const home = body.closest("details");
    lent = { body, home };
    find("#dialog-body").replaceChildren(body);
    const [plugin] = all("h3", home.closest(".plugin"));
    find("#dialog-title").textContent = `${plugin.firstChild.textContent.trim()} · ${find("summary b", home).textContent}`;
    const [before, after] = neighbours(home);
    dialog.querySelector("[name=previous]").disabled = !before;
    dialog.querySelector("[name=next]").disabled = !after;
    if (!dialog.open) dialog.showModal();
    find("#dialog-body").scrollTop = 0;
  }

  /** The entries before and after one, of those that are shown. */
  function neighbours(entry) {
    const some = all(".plugin:not([hidden]) > .entry:not([hidden])");
    const index = some.indexOf(entry);
    return index < 0 ? [] : [some[index - 1], some[index + 1]];
  }

  function go(step) {
    if (lent === null) return;
    const [before, after] = neighbours(lent.home);
    const entry = step < 0 ? before : after;
    if (entry) location.replace(`#${find(".body", entry).id}`);
  }

  dialog.addEventListener("close", () => {
    const id = lent?.body.id;
    giveBack();
    if (id === undefined || location.hash.slice(1) !== id) return;
    history.replaceState(null, "", location.pathname + location.search);
    find(`#matrix a[href="#${CSS.escape(id)}"]`)?.focus();
  });
  dialog.addEventListener("click", (event) => {
    const { name } = event.target;
    if (name === "close" || event.target === dialog) dialog.close();
    if (name === "previous") go(-1);
    if (name === "next") go(1);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "k") go(-1);
    if (event.key === "j") go(1);
  });

  // One cell of the matrix is in the order of tabs; arrow keys go on from there.
  const links = all("td > a", matrix);
  links.forEach((link, index) => { if (index > 0) link.tabIndex = -1; });
  let stop = links[0];
  matrix.addEventListener("focusin", ({ target }) => {
    if (!target.matches("td > a")) return;
    stop.tabIndex = -1;
    stop = target;
    stop.tabIndex = 0;
  });
  matrix.addEventListener("keydown", (event) => {
    if (!event.target.matches("td > a")) return;
    const next = beside(event.target.parentElement, event.key);
    if (next === undefined) return;
    event.preventDefault();
    next?.focus();
    next?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  /** The next link in the direction of a key; undefined for other keys. */
  function beside(cell, key) {
    const is_seen = (cell) => !cell.hidden && !cell.parentElement.matches(".gone") && find("a:not(.off)", cell);
    const walks = {
      ArrowRight: (cell) => cell.nextElementSibling,
      ArrowLeft: (cell) => cell.previousElementSibling,
      ArrowDown: (cell) => cell.parentElement.nextElementSibling?.children[cell.cellIndex],
      ArrowUp: (cell) => cell.parentElement.previousElementSibling?.children[cell.cellIndex],
    };
    const walk = walks[key];
    if (!walk) return undefined;
    let next = walk(cell);
    while (next && !is_seen(next)) next = walk(next);
    return next && is_seen(next);
  }

  // What a cell says in few letters it says in full to who rests on it.
  matrix.addEventListener("mouseover", ({ target }) => {
    const cell = target.closest("td");
    if (!cell || cell.title !== "") return;
    const row = byElement.get(cell.parentElement);
    const column = cell.cellIndex - 1;
    const lines = versions.map((version, index) => {
      const from = column * slots + index * marks;
      const some = words.flatMap((word, mark) => {
        const count = row.counts[from + mark];
        return count === 0 ? [] : [`${count} ${word}`];
      });
      return `Dokku ${version}: ${some.join(", ") || "no case"}`;
    });
    cell.title = [`${row.element.firstElementChild.textContent} · ${heads[column].textContent}`, ...lines].join("\n");
  });

  const total = rows.reduce((sum, { counts }) => counts.reduce((sum, count) => sum + count, sum), 0);
  for (const box of boxes) box.hidden = false;
  find(".fields", form).hidden = false;
  form.classList.add("live");
  form.addEventListener("input", changed);
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", () => { restore(); filter(); });
  addEventListener("hashchange", open);
  restore();
  filter();
  open();
})();
