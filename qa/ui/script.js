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

  function show(target, block) {
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    const mark = target.querySelector("mark") ?? target;
    const place = matchMedia("(min-width: 861px)").matches ? mark : (target.closest("details") ?? target);
    place.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });
    target.focus({ preventScroll: true });
    target.classList.remove("flash");
    requestAnimationFrame(() => target.classList.add("flash"));
  }

  function inside(id, box) {
    return document.querySelector(`${box} [id="${CSS.escape(id)}"]`);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cite, a.back");
    if (!link) return;
    const id = link.hash.slice(1);
    const forth = link.classList.contains("cite");
    const target = inside(id, forth ? "#sources" : "#chat");
    if (!target) return;
    event.preventDefault();
    if (forth) {
      origin = link;
      show(target, matchMedia("(min-width: 861px)").matches ? "center" : "start");
    } else {
      back(target);
    }
  });

  function back(target) {
    const place = origin?.isConnected && target.contains(origin) ? origin : target;
    place.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "center" });
    place.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("#sources .card");
    if (event.key === "Escape" && card) {
      const target = inside(card.querySelector("a.back").hash.slice(1), "#chat");
      if (target) back(target);
    }
  });
})();
