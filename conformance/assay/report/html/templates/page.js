"use strict";
// Finds, filters, unpacks and copies. Everything there is to read is in the page without it, but for packed parts.
(() => {
  const root = document.documentElement;
  const THEMES = { "": ["◐", "as the system"], light: ["○", "light"], dark: ["●", "dark"] };

  function stored(value) {
    try {
      if (value === undefined) return localStorage.getItem("assay-theme") || "";
      localStorage.setItem("assay-theme", value);
    } catch {
      // a page opened from disk may have no storage
    }
    return value || "";
  }

  function paint(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    const button = document.getElementById("theme");
    if (!button) return;
    const [symbol, name] = THEMES[theme];
    button.textContent = symbol;
    button.title = `Colours: ${name}`;
    button.setAttribute("aria-label", button.title);
  }

  function bindTheme() {
    let theme = stored() in THEMES ? stored() : "";
    paint(theme);
    document.getElementById("theme").addEventListener("click", () => {
      const names = Object.keys(THEMES);
      theme = names[(names.indexOf(theme) + 1) % names.length];
      stored(theme);
      paint(theme);
    });
  }

  // Packed parts ------------------------------------------------------------------------------------------------

  const unpacked = new WeakMap();

  function inflated(pack) {
    if (!unpacked.has(pack)) unpacked.set(pack, inflate(pack));
    return unpacked.get(pack);
  }

  async function inflate(pack) {
    const bytes = Uint8Array.from(atob(pack.textContent.trim()), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  function place(pack, text) {
    if (!pack.isConnected) return;
    const template = document.createElement("template");
    template.innerHTML = text; // markup of ours, escaped when it was made
    template.content.querySelectorAll("[hidden].copy").forEach((button) => { button.hidden = false; });
    pack.replaceWith(template.content);
  }

  async function unpack(within) {
    const pack = within.querySelector(":scope > script.pack");
    if (pack) place(pack, await inflated(pack));
  }

  // The element of this id, wherever it is packed: first where its name says that it belongs.
  async function found(id) {
    const there = document.getElementById(id);
    if (there) return there;
    const named = id.replace(/^[a-z]+=/, "");
    const within = (pack) => named.startsWith(`${pack.closest("[id]").id.replace(/^[a-z]+=/, "")}/`);
    const packs = [...document.querySelectorAll("script.pack")];
    for (const pack of [...packs.filter(within), ...packs.filter((each) => !within(each))]) {
      const text = await inflated(pack);
      if (text.includes(`id="${id}"`)) {
        place(pack, text);
        return document.getElementById(id);
      }
    }
    return null;
  }

  // Copying -----------------------------------------------------------------------------------------------------

  async function copy(button) {
    const text = button.closest(".copies").querySelector(".copied");
    let done = false;
    try {
      await navigator.clipboard.writeText(text.textContent);
      done = true;
    } catch {
      getSelection().selectAllChildren(text);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Selected";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  // Evidence within its claim -----------------------------------------------------------------------------------

  async function show(link) {
    const body = link.closest(".body");
    const id = link.getAttribute("href").slice(1);
    const old = body.querySelector(":scope > .x");
    const same = old && old.dataset.of === id;
    if (old) old.remove();
    body.querySelectorAll("a.ex").forEach((each) => each.removeAttribute("aria-current"));
    const exchange = same ? null : await found(id);
    if (!exchange) return;
    const copied = exchange.cloneNode(true);
    copied.removeAttribute("id");
    copied.dataset.of = id;
    copied.hidden = false;
    copied.open = true;
    body.append(copied);
    body.querySelectorAll(`a.ex[href="#${CSS.escape(id)}"]`).forEach((each) => each.setAttribute("aria-current", "true"));
  }

  function opened(details) {
    unpack(details);
    if (!details.classList.contains("c")) return;
    const first = details.querySelector(".body a.ex");
    if (first && !details.querySelector(".body > .x")) show(first);
  }

  // Finding -----------------------------------------------------------------------------------------------------

  const MOST_UNPACKED = 40;
  const texts = new WeakMap();

  function textOf(claim) {
    if (!texts.has(claim)) {
      const parts = claim.querySelectorAll(".s, .i code, .p, .w");
      texts.set(claim, Array.from(parts, (part) => part.textContent).join("\n").toLowerCase());
    }
    return texts.get(claim);
  }

  function matches(claim, words, verdicts) {
    if (!verdicts.has(claim.dataset.v)) return false;
    return words.every((word) => {
      if (word.startsWith("at:")) return claim.querySelector(".p").textContent.toLowerCase() === word.slice(3);
      return textOf(claim).includes(word);
    });
  }

  let turn = 0;

  async function filter() {
    const mine = ++turn;
    const words = document.getElementById("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const boxes = [...document.querySelectorAll('.filters input[name="verdict"]')];
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const left = words.length ? await unpackMatching(words, mine) : 0;
    if (mine !== turn) return;
    let shown = 0;
    let total = 0;
    for (const operation of document.querySelectorAll("#claims .op")) {
      const pack = operation.querySelector(":scope > script.pack");
      if (pack) {
        total += Number(pack.dataset.claims);
        operation.hidden = words.length > 0 || !verdicts.has("held");
        if (!operation.hidden) shown += Number(pack.dataset.claims);
        continue;
      }
      const [some, all] = filterOperation(operation, words, verdicts);
      shown += some;
      total += all;
      operation.hidden = !some;
      if (some && words.length) operation.open = true;
    }
    document.getElementById("none").hidden = shown > 0;
    const claims = `${total} claim${total === 1 ? "" : "s"}`;
    document.getElementById("shown").textContent =
      (shown === total ? claims : `${shown} of ${claims}`) + (left ? `; in ${left} more operations too: narrow your search` : "");
  }

  function filterOperation(operation, words, verdicts) {
    let shown = 0;
    let total = 0;
    for (const group of operation.querySelectorAll(".group:not(.exchanges)")) {
      let some = 0;
      for (const claim of group.querySelectorAll(":scope > .c")) {
        claim.hidden = !matches(claim, words, verdicts);
        some += claim.hidden ? 0 : 1;
        total += 1;
      }
      group.hidden = !some;
      if (words.length) group.open = some > 0;
      shown += some;
    }
    const exchanges = operation.querySelector(".exchanges");
    if (exchanges) exchanges.hidden = words.length > 0;
    return [shown, total];
  }

  // How many packed operations hold all the words and stay packed, since there are too many.
  async function unpackMatching(words, mine) {
    let room = MOST_UNPACKED;
    let left = 0;
    const plain = words.map((word) => word.replace(/^at:/, ""));
    const packs = [...document.querySelectorAll("#claims .op > script.pack")];
    const contents = await Promise.all(packs.map(inflated));
    if (mine !== turn) return 0;
    for (const [index, pack] of packs.entries()) {
      const text = contents[index];
      const lower = text.toLowerCase();
      if (!plain.every((word) => lower.includes(word))) continue;
      if (room > 0) place(pack, text);
      else left += 1;
      room -= 1;
    }
    return left;
  }

  function find(text) {
    document.getElementById("find").value = text;
    return filter();
  }

  // Links into the page -----------------------------------------------------------------------------------------

  async function go() {
    const id = location.hash.slice(1);
    if (!id) return;
    const target = await found(id);
    if (!target) return;
    if (target.closest("#claims") && (target.hidden || target.closest("[hidden]"))) {
      document.querySelectorAll('.filters input[name="verdict"]').forEach((box) => { box.checked = true; });
      await find("");
    }
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    const inner = target.querySelector(":scope > details");
    if (inner) inner.open = true;
    target.scrollIntoView({ block: target.matches(".c, .x") ? "center" : "start" });
    const focused = target.querySelector(":scope > summary") || target;
    focused.focus({ preventScroll: true });
    if (target.matches(".c")) target.scrollIntoView({ block: "start" });
  }

  function clicked(event) {
    const button = event.target.closest("button.copy");
    if (button) return void copy(button);
    const link = event.target.closest("a[href^='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.matches(".body a.ex")) {
      event.preventDefault();
      show(link);
    } else if (link.hasAttribute("data-all")) {
      event.preventDefault();
      find(`at:${link.closest("[data-at]").dataset.at}`).then(() => document.getElementById("claims").scrollIntoView());
    } else if (link.hash === location.hash) {
      go(); // no hashchange comes of it
    }
  }

  // Keys --------------------------------------------------------------------------------------------------------

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.getElementById("find");
    if (event.key === "Escape") {
      if (document.activeElement === search && !search.value) search.blur();
      else if (search.value) find("");
      return;
    }
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    }
  }

  function step(by) {
    const claims = [...document.querySelectorAll("#claims .c > summary")].filter((each) => each.checkVisibility());
    const current = claims.indexOf(document.activeElement);
    const next = claims[current < 0 ? (by > 0 ? 0 : claims.length - 1) : current + by];
    if (next) next.focus();
  }

  function unfold(event) {
    const open = event.target.textContent === "Unfold all";
    for (const each of document.querySelectorAll("#claims .op:not(:has(> script.pack)), #claims .group:not(.exchanges)")) {
      each.open = open || each.matches(".op");
    }
    event.target.textContent = open ? "Fold all" : "Unfold all";
  }

  function start() {
    root.classList.add("js");
    document.querySelectorAll(".find, .filters, .keys, #theme, button.copy").forEach((each) => { each.hidden = false; });
    bindTheme();
    document.addEventListener("click", clicked);
    document.addEventListener("keydown", pressed);
    document.addEventListener("toggle", (event) => { if (event.target.open) opened(event.target); }, true);
    document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", (event) => event.preventDefault()));
    document.querySelector(".filters").addEventListener("change", filter);
    document.getElementById("unfold").addEventListener("click", unfold);
    const search = document.getElementById("find");
    let waiting;
    search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") document.getElementById("claims").scrollIntoView();
    });
    addEventListener("hashchange", go);
    filter().then(go);
  }

  paint(stored() in THEMES ? stored() : "");
  document.addEventListener("DOMContentLoaded", start);
})();
