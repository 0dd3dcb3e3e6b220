// What the page adds to plain links: a marker opens its card, shows it and moves the focus there.
// Without this file the links still work: the browser opens a card that a fragment points to.
"use strict";

(() => {
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
      if (at.tagName === "DETAILS") at.open = true;
    }
    const mark = target.querySelector("mark") ?? target;
    const place = narrow() ? (target.closest("details") ?? target) : mark;
    const block = narrow() ? "start" : "center";
    place.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });
    target.focus({ preventScroll: true });
    target.classList.remove("flash");
    requestAnimationFrame(() => target.classList.add("flash"));
  }

  function inside(id, box) {
    return document.querySelector(`${box} [id="${CSS.escape(id)}"]`);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cite, a.back, #switch a");
    if (!link) return;
    if (link.closest("#switch")) {
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

  document.addEventListener("click", async (event) => {
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

  function back(target) {
    const place = origin?.isConnected && target.contains(origin) ? origin : target;
    place.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "center" });
    place.focus({ preventScroll: true });
  }

  // Gradio labels a message with its markup, the log in English only, the button not at all
  // and the field with the button's name: what is read aloud is put right here.
  const NAMES = {
    de: ["Gespräch", "Ihre Frage", "Fragen"],
    en: ["Conversation", "Your question", "Ask"],
  };
  let turns = 0;

  function label(node, name) {
    if (node && node.getAttribute("aria-label") !== name) node.setAttribute("aria-label", name);
  }

  function tidy() {
    const chat = document.querySelector("#chat");
    if (!chat) return;
    for (const node of chat.querySelectorAll("[data-testid][aria-label]")) {
      node.removeAttribute("aria-label");
    }
    const [log, field, ask] = NAMES[navigator.language.slice(0, 2)] ?? NAMES.en;
    label(chat.querySelector("[role=log]"), log);
    label(document.querySelector("#question textarea"), field);
    label(document.querySelector("#question button"), ask);
    const asked = chat.querySelectorAll(".asked");
    // Where the whole page scrolls, a new answer would otherwise begin below the window.
    if (asked.length > turns && narrow()) asked[asked.length - 1].scrollIntoView();
    turns = asked.length;
  }

  new MutationObserver(tidy).observe(document.documentElement, {
    attributeFilter: ["aria-label"],
    childList: true,
    subtree: true,
  });

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("#sources .card");
    if (event.key === "Escape" && card) {
      const target = inside(card.querySelector("a.back").hash.slice(1), "#chat");
      if (target) back(target);
    }
  });
})();
