// What the page adds to plain links: a marker opens its card, shows it and moves the focus there.
// Without this file the links still work: the browser opens a card that a fragment points to.
"use strict";

(() => {
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => document.querySelectorAll(selector);
  const on = (type, deal, options) => document.addEventListener(type, deal, options);
  const entry = (name) => find(`#${name} :is(textarea, input)`);
  const typing = () => entry("question");
  const write = (node, text) => {
    node.value = text;
    node.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const COOKIE = "article-qa-language";

  // The language chosen here comes before the browser's; it has to be set before the page starts.
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = document.cookie.match(/(?:^|; )article-qa-language=(de|en)/)?.[1];
  const language = ["de", "en"].includes(asked) ? asked : kept;
  if (language) {
    document.cookie = `${COOKIE}=${language}; path=/; max-age=31536000; samesite=strict`;
    Object.defineProperty(navigator, "language", { get: () => language });
    Object.defineProperty(navigator, "languages", { get: () => [language] });
  }

  let origin = null; // the marker that led to the card, for the way back

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  const narrow = () => matchMedia("(max-width: 860px)").matches;

  function show(target) {
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName !== "DETAILS") continue;
      at.open = true;
      folds.set(foldOf(at), true);
    }
    const mark = target.querySelector("mark") ?? target;
    const place = narrow() ? (target.closest("details") ?? target) : mark;
    const block = narrow() ? "start" : "center";
    place.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });
    target.focus({ preventScroll: true });
    target.classList.remove("flash");
    requestAnimationFrame(() => target.classList.add("flash"));
    flashed = { id: target.id, at: performance.now() };
  }

  // A reply draws all cards anew, those of earlier answers too. What the reader has opened or
  // closed there stays as it was.

  let flashed = { id: "", at: 0 }; // the card that was shown last, and when
  const folds = new Map(); // what stands for a box -> whether it is open
  let drawn = null; // the cards as they were last seen
  let read = ""; // the conversation that they are of

  function foldOf(box) {
    const home = box.closest(".card, .turn");
    const boxes = [home, ...home.querySelectorAll("details")];
    return `${home.className} ${home.querySelector(".body").id} ${boxes.indexOf(box)}`;
  }

  function unfold() {
    const cards = find("#cards");
    if (!cards || cards === drawn) return;
    drawn = cards;
    if (performance.now() - flashed.at < 1400) inside(flashed.id, "#cards")?.classList.add("flash");
    const here = entry("here")?.value ?? "";
    if (here !== read) folds.clear();
    read = here;
    if (!folds.size) return;
    for (const box of cards.querySelectorAll("details")) {
      const open = folds.get(foldOf(box));
      if (open !== undefined && box.open !== open) box.open = open;
    }
  }

  on("click", (event) => {
    const box = event.target.closest?.("#sources summary")?.parentElement;
    if (!box) return;
    for (let at = box; at; at = at.parentElement.closest("#sources details")) {
      folds.set(foldOf(at), at === box ? !box.open : true); // it opens or closes after this
    }
  });

  // The focus stays too, in a card or on a marker, when what has it is drawn anew.

  let held = ""; // selects what has the focus

  on("focusin", (event) => {
    const at = event.target;
    const answer = at.closest?.("#chat [id^=a-]");
    held = "";
    const box = at.id && at.closest?.("#sources, #chat");
    if (box) held = `#${box.id} [id="${CSS.escape(at.id)}"]`;
    else if (answer && at.matches("a.cite")) held = `#${answer.id} a.cite[href="${at.hash}"]`;
  });
  // It is taken elsewhere by the reader: nothing may hold it then.
  on("pointerdown", () => { held = ""; });
  on("focusout", (event) => {
    if (event.relatedTarget) held = "";
  }, { capture: true });

  function hold() {
    if (!held || !document.hasFocus() || document.activeElement !== document.body) return;
    find(held)?.focus({ preventScroll: true });
  }

  function inside(id, box) {
    return find(`${box} [id="${CSS.escape(id)}"]`);
  }

  // What a button asks of the server goes through a field that nobody sees: its id says what.

  let orders = 0;

  function order(what) {
    const field = entry("command");
    if (!field) return;
    orders += 1;
    write(field, JSON.stringify({ ...what, n: orders }));
  }

  const root = document.documentElement;

  function shut(name) {
    root.classList.remove(name);
    tidy();
  }

  const OWN = {
    side() {
      root.classList.toggle("side");
      localStorage.setItem("article-qa-side", root.classList.contains("side") ? "1" : "");
      tidy();
    },
    theme() {
      const dark = !document.body.classList.contains("dark");
      localStorage.setItem("article-qa-theme", dark ? "dark" : "light");
      tidy();
    },
    filters() {
      root.classList.toggle("filters");
      tidy();
      if (root.classList.contains("filters")) find("#since input")?.focus();
    },
    rename(id, button) {
      const opener = button.closest("li").querySelector(".open");
      const form = document.createElement("form");
      const input = document.createElement("input");
      input.value = opener.querySelector(".title").textContent;
      input.maxLength = 80;
      label(input, button.textContent);
      form.className = "rename";
      form.append(input);
      const end = (send) => {
        if (!form.isConnected) return;
        form.remove();
        opener.hidden = false;
        if (send && input.value.trim()) order({ do: "rename", with: id, title: input.value });
      };
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        end(true);
      });
      input.addEventListener("keydown", (event) => {
        if (event.key === "Escape") end(false);
      });
      input.addEventListener("blur", () => end(true));
      opener.hidden = true;
      opener.before(form);
      input.select();
    },
    delete(id, button) {
      if (button.classList.contains("armed")) {
        order({ do: "delete", with: id });
        return;
      }
      const before = button.textContent;
      button.textContent = button.title;
      button.classList.add("armed");
      button.addEventListener("blur", () => {
        button.textContent = before;
        button.classList.remove("armed");
      }, { once: true });
      button.focus();
    },
  };

  on("click", (event) => {
    const button = event.target.closest?.("button.act");
    if (!button) return;
    const [kind, verb, ...rest] = button.id.split("-");
    const what = rest.join("-");
    if (kind === "ui") {
      OWN[verb]?.(what, button);
      return;
    }
    order({ do: verb, with: what });
    if (["open", "news"].includes(verb) && narrow()) shut("side");
    if (["edit", "keep", "unfilter"].includes(verb)) {
      typing()?.focus();
    }
  });

  // A note on an answer is written in a form that is made when it is wanted.
  on("toggle", (event) => {
    const box = event.target;
    if (!box.classList?.contains("note-box") || !box.open || box.querySelector("form")) return;
    const form = document.createElement("form");
    const text = document.createElement("textarea");
    const save = document.createElement("button");
    text.value = box.querySelector(".kept")?.textContent ?? "";
    text.maxLength = 4000;
    text.rows = 3;
    const [hint, keep] = names().slice(3);
    label(text, hint);
    save.textContent = keep;
    form.append(text, save);
    form.addEventListener("submit", (submitted) => {
      submitted.preventDefault();
      order({ do: "note", with: box.id.slice(5), note: text.value });
      box.open = false;
    });
    box.append(form);
    if (document.activeElement === box.firstElementChild) text.focus();
  }, true);

  // A page of the original is drawn when it is wanted: a scan takes a moment.
  on("toggle", (event) => {
    const link = event.target.open && event.target.querySelector?.(":scope > a.leaf");
    if (!link || link.querySelector("img")) return;
    const picture = new Image();
    picture.alt = event.target.firstElementChild.textContent;
    picture.src = link.href;
    link.prepend(picture);
  }, true);

  // An answer on its way is shown as it grows. It comes once more, whole, with the next event of
  // the page: where this stream is lost, nothing else is.

  const streams = new Map(); // a draft's id -> what came last; one is open at a time
  let open = null;

  function follow() {
    for (const draft of all("#chat .draft")) {
      const held = streams.get(draft.id);
      if (held?.html) grow(draft, held.html);
      if (held || open) continue;
      const state = { html: "" };
      streams.set(draft.id, state);
      open = new EventSource(`/ui/answer/${encodeURIComponent(draft.id.slice(7))}`);
      const end = () => {
        open?.close();
        open = null;
        // The whole answer is on its way by itself; if not, it is asked for.
        setTimeout(() => {
          const left = document.getElementById(draft.id);
          if (left?.closest(".pending")) order({ do: "refresh" });
          follow();
        }, 1000);
        follow();
      };
      open.addEventListener("show", (event) => {
        state.html = JSON.parse(event.data);
        const place = document.getElementById(draft.id);
        if (place) grow(place, state.html);
      });
      open.addEventListener("end", end);
      open.addEventListener("error", () => {
        if (open?.readyState === EventSource.CLOSED) end();
      });
    }
  }

  // Only what is new is put in, so that nothing jumps and nothing is read aloud twice.
  function grow(place, html) {
    const made = document.createElement("template");
    made.innerHTML = html; // escaped at the server, like all that it sends
    const next = made.content.firstElementChild;
    const now = place.firstElementChild;
    if (!now || !next || now.className !== next.className) {
      if (place.innerHTML !== html) place.replaceChildren(made.content);
      return;
    }
    const wanted = [...next.childNodes];
    wanted.forEach((node, at) => {
      const there = now.childNodes[at];
      if (!there) now.append(node);
      else if (!there.isEqualNode(node)) there.replaceWith(node);
    });
    while (now.childNodes.length > wanted.length) now.lastChild.remove();
  }

  // What is being typed outlasts a reload; Gradio makes one when a server comes back.

  const DRAFT = "article-qa-draft";
  
  let restored = false;

  on("input", (event) => {
    if (event.target === typing()) sessionStorage.setItem(DRAFT, event.target.value);
  });

  function keepDraft() {
    const field = typing();
    if (!field || !find("#chat .welcome, #chat .asked")) return;
    const draft = sessionStorage.getItem(DRAFT);
    if (!restored && draft && !field.value) {
      write(field, draft);
    }
    restored = true;
  }

  // Gradio says in English only that the server is away.
  const AWAY = {
    de: { "Error": "Fehler", "Connection to the server was lost. Attempting reconnection...":
      "Die Verbindung zum Server ist abgerissen. Sie wird wieder aufgebaut …" },
    en: {},
  };

  function translate() {
    const known = AWAY[navigator.language.slice(0, 2)] ?? {};
    for (const toast of all("[data-testid=toast-body]")) {
      const texts = document.createTreeWalker(toast, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const said = known[texts.currentNode.data.trim()];
        if (said) texts.currentNode.data = said;
      }
    }
  }

  // The address names the conversation: a reload comes back to it, and so does the way back.

  let located = false;
  let wanted = null; // the conversation that the browser went back to, until it is there

  function locate() {
    const field = entry("here");
    if (!field || !find("#chat .welcome, #chat .asked")) return;
    if (wanted !== null && wanted !== field.value) return;
    wanted = null;
    const address = field.value ? `?c=${encodeURIComponent(field.value)}` : location.pathname;
    if ((location.search || location.pathname) !== address) {
      history[located ? "pushState" : "replaceState"](history.state, "", address);
    }
    located = true;
    sessionStorage.setItem("article-qa-here", field.value);
  }

  addEventListener("popstate", () => {
    const named = new URLSearchParams(location.search).get("c") ?? "";
    const field = entry("here");
    if (!field || field.value === named) return; // a fragment, for instance
    wanted = named;
    order(named ? { do: "open", with: named } : { do: "new" });
    setTimeout(() => { wanted = null; locate(); }, 5000); // it may be deleted
  });

  on("click", (event) => {
    const link = event.target.closest?.("a.cite, a.back, #switch a, #pages a, .welcome a, a.export, a.inside");
    if (!link) return;
    if (link.closest("#switch, #pages, .welcome") || link.matches(".export, .inside")) {
      event.preventDefault(); // Gradio sends every link to a new tab
      location.assign(link.href);
      return;
    }
    const id = link.hash.slice(1);
    const forth = link.classList.contains("cite");
    const target = inside(id, forth ? "#sources" : "#chat");
    if (!target) return;
    event.preventDefault();
    if (forth) {
      origin = link;
      show(target);
    } else {
      back(target);
    }
  });

  on("click", async (event) => {
    const button = event.target.closest?.("#sources button.copy");
    if (!button) return;
    const text = button.nextElementSibling.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 2000);
    } catch {
      getSelection().selectAllChildren(button.nextElementSibling); // to be copied by hand
    }
  });

  // What a marker leads to, beside it: the browser's own title comes late, and never by keyboard.

  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  let told = null;

  function tell(link) {
    if (told === link) return;
    hush();
    told = link;
    const [where, ...quote] = link.title.split("\n").reverse();
    tip.textContent = where;
    if (quote.length) {
      const said = document.createElement("span");
      said.className = "quote";
      said.textContent = quote.reverse().join("\n");
      tip.prepend(said);
    }
    link.dataset.title = link.title;
    link.removeAttribute("title"); // or it would be shown twice
    link.setAttribute("aria-describedby", "tip");
    (link.closest("main") ?? document.body).append(tip); // within a landmark
    place();
  }

  function place() {
    const at = told.getBoundingClientRect();
    // Beside the answer, never over it; where there is no room, below its paragraph.
    const beside = find("#evidence").getBoundingClientRect();
    const block = (told.closest("p, li") ?? told).getBoundingClientRect();
    const low = narrow() ? block.bottom + 6 : Math.min(at.top, innerHeight - tip.offsetHeight - 8);
    tip.style.left = `${narrow() ? 16 : beside.left}px`;
    tip.style.maxWidth = narrow() ? "" : `${beside.width}px`;
    tip.style.top = `${Math.max(8, low)}px`;
  }

  function hush() {
    if (!told) return;
    told.title = told.dataset.title;
    told.removeAttribute("aria-describedby");
    tip.remove();
    told = null;
  }

  const citing = (event) => event.target.closest?.("#chat a.cite");
  on("mouseover", (event) => {
    const link = citing(event);
    if (link) tell(link);
    else if (!event.target.closest?.("#tip") && told !== document.activeElement) hush();
  });
  on("focusin", (event) => {
    const link = citing(event);
    if (link?.matches(":focus-visible")) tell(link);
    else hush();
  });
  on("focusout", hush);
  on("scroll", (event) => {
    if (!told || !event.target.contains(told)) return;
    const at = told.getBoundingClientRect();
    if (at.bottom < 0 || at.top > innerHeight) hush();
    else place();
  }, { capture: true, passive: true });
  on("keydown", (event) => {
    if (event.key === "Escape") hush();
  });

  function back(target) {
    const place = origin?.isConnected && target.contains(origin) ? origin : target;
    place.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "center" });
    place.focus({ preventScroll: true });
  }

  // Gradio labels a message with its markup, the log in English only, the button not at all
  // and the field with the button's name: what is read aloud is put right here.
  const NAMES = {
    de: ["Gespräch", "Ihre Frage", "Fragen", "Was fehlte oder war falsch?", "Speichern",
      "Auswahl leeren", "Ans Ende", "Schließen"],
    en: ["Conversation", "Your question", "Ask", "What was missing or wrong?", "Save",
      "Clear the selection", "To the end", "Close"],
  };
  const names = () => NAMES[navigator.language.slice(0, 2)] ?? NAMES.en;
  let turns = 0;
  on("DOMContentLoaded", () => {
    // Not before: a phone does not know yet how wide the page is.
    if (localStorage.getItem("article-qa-side") && !narrow()) root.classList.add("side");
  });

  function label(node, name) {
    if (node && node.getAttribute("aria-label") !== name) node.setAttribute("aria-label", name);
  }

  function state(selector, name, value) {
    for (const node of all(selector)) {
      const text = String(value(node));
      if (node.getAttribute(name) !== text) node.setAttribute(name, text);
    }
  }

  function paint() {
    const theme = localStorage.getItem("article-qa-theme");
    if (theme) document.body?.classList.toggle("dark", theme === "dark");
  }

  function tidy() {
    paint();
    state("#ui-side", "aria-expanded", () => root.classList.contains("side"));
    state("#ui-filters", "aria-expanded", () => root.classList.contains("filters"));
    state("button.rate", "aria-pressed", (node) => node.classList.contains("on"));
    state("#pages a.here", "aria-current", () => "page");
    state("#list .open", "aria-current", (node) => node.classList.contains("on"));
    state("#since input, #until input", "type", () => "date");
    if (told && !told.isConnected) hush(); // its answer was drawn anew
    unfold();
    hold();
    follow();
    locate();
    keepDraft();
    translate();
    const chat = find("#chat");
    if (!chat) return;
    for (const node of chat.querySelectorAll("[data-testid][aria-label]")) {
      node.removeAttribute("aria-label");
    }
    const [log, field, ask, , , clear, down, close] = names();
    label(find("[data-testid=toast-close]"), close);
    state("#filters .remove-all", "title", () => clear);
    state("#chat .scroll-down-button-container button", "title", () => down);
    label(chat.querySelector(".scroll-down-button-container button"), down);
    label(chat.querySelector("[role=log]"), log);
    label(typing(), field);
    label(find("#question button"), ask);
    const asked = chat.querySelectorAll(".asked");
    // An answer is read from its question on, not from its end.
    if (asked.length > turns) asked[asked.length - 1].scrollIntoView();
    if (asked.length !== turns && typing()) sessionStorage.setItem(DRAFT, typing().value);
    turns = asked.length;
  }

  new MutationObserver(tidy).observe(document.documentElement, {
    attributeFilter: ["aria-label"],
    childList: true,
    subtree: true,
  });

  // Shortcuts: "/" to the field, Ctrl+K to the conversations, arrow up to change the last question.

  on("keydown", (event) => {
    const field = typing();
    const written = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !written && field) {
      event.preventDefault();
      field.focus();
    } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!root.classList.contains("side")) OWN.side();
      find("#search :is(input, textarea)")?.focus();
    } else if (event.key === "ArrowUp" && event.target === field && !field.value) {
      [...all("[id^=do-edit-]")].pop()?.click();
    } else if (event.key === "Escape" && event.target === field) {
      find("#do-keep")?.click();
    } else if (event.key === "Escape" && event.target.closest?.("#side")) {
      OWN.side();
      field?.focus();
    }
  });

  on("keydown", (event) => {
    const card = event.target.closest?.("#sources .card");
    if (event.key === "Escape" && card) {
      const target = inside(card.querySelector("a.back").hash.slice(1), "#chat");
      if (target) back(target);
    }
  });
})();
