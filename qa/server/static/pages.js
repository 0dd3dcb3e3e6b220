// What the pages beside the chat add to plain links and forms: the theme, a job's progress
// without reloading, an upload's progress, "select all". Without this file they still work.
"use strict";

(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const list = document.documentElement.classList;
  const theme = () => {
    const chosen = localStorage.getItem("article-qa-theme");
    list.toggle("dark", chosen ? chosen === "dark" : dark.matches);
  };
  theme();
  dark.addEventListener("change", theme);

  document.addEventListener("click", (event) => {
    if (event.target.id !== "ui-theme") return;
    localStorage.setItem("article-qa-theme", list.contains("dark") ? "light" : "dark");
    theme();
  });

  const again = 700; // milliseconds between two looks at a job

  async function follow() {
    let job = document.querySelector("#job[data-job]");
    if (!job) return;
    try {
      const answer = await fetch(`/library/jobs/${job.dataset.job}?part=1`);
      if (answer.ok) replace(job, await answer.text());
      else if (answer.status === 404) return location.reload();
    } catch {
      // The server is away for a moment; the next look may find it.
    }
    setTimeout(follow, again);
  }

  // Only what changed is exchanged, so that the focus stays and only news is read aloud.
  function replace(job, html) {
    const box = document.createElement("template");
    box.innerHTML = html; // escaped by the server, as the page itself
    const fresh = box.content.querySelector("#job");
    if (!fresh) return;
    document.title = fresh.querySelector(".state").textContent; // seen in another tab
    if (!fresh.dataset.job) {
      const held = job.contains(document.activeElement);
      job.replaceWith(fresh);
      document.querySelector("h1").textContent = document.title;
      if (held) document.querySelector("#main").focus();
      return;
    }
    for (const part of [".state", "progress", ".left", "table"]) {
      const [old, now] = [job.querySelector(part), fresh.querySelector(part)];
      if (old && now && old.outerHTML !== now.outerHTML) {
        if (part === ".state") old.textContent = now.textContent;
        else old.replaceWith(now);
      }
    }
  }

  function upload(event) {
    const form = event.target.closest?.("form.upload");
    if (!form) return;
    const state = form.querySelector(".state");
    const size = [...form.querySelector("input[type=file]").files].reduce((n, f) => n + f.size, 0);
    if (size > Number(form.dataset.limit)) {
      event.preventDefault();
      state.textContent = form.dataset.large;
      return;
    }
    event.preventDefault();
    const button = form.querySelector("button");
    send(new FormData(form), state, button);
  }

  function send(data, state, button) {
    const request = new XMLHttpRequest();
    request.open("POST", "/library/add");
    request.upload.addEventListener("progress", (at) => {
      const share = at.lengthComputable ? ` ${Math.floor((100 * at.loaded) / at.total)} %` : "";
      state.textContent = (state.dataset.uploading ?? "") + share;
    });
    request.addEventListener("load", () => {
      if (request.status < 400) return location.assign(request.responseURL);
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      failed(page.querySelector(".note")?.textContent ?? `${request.status}`);
    });
    request.addEventListener("error", () => failed("…"));
    const failed = (text) => {
      state.textContent = text;
      if (button) button.disabled = false;
    };
    state.textContent = state.dataset.uploading ?? "…";
    request.send(data);
    if (button) button.disabled = true;
  }

  // Files can be dropped anywhere on a page of the library; while they are held, it says so.
  function drop(event) {
    const label = document.body.dataset.drop;
    if (!label || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    let zone = document.querySelector("#drop");
    if (!zone) {
      zone = document.createElement("p");
      zone.id = "drop";
      zone.setAttribute("role", "status");
      document.querySelector("#main").append(zone);
    }
    zone.textContent = label;
    zone.hidden = event.type === "dragleave" && !event.relatedTarget;
    if (event.type !== "drop") return;
    const data = new FormData();
    for (const file of event.dataTransfer.files) data.append("files", file);
    send(data, zone);
  }

  // A filter applies as soon as it is chosen; a date once it is whole, when it is left.
  function apply(event) {
    const field = event.target;
    if (!field.closest?.("form.auto")) return;
    const chosen = event.type === "change" && field.matches("select, [type=checkbox]");
    if (chosen || (event.type === "focusout" && field.type === "date" &&
      field.value !== field.defaultValue)) field.form.requestSubmit();
  }

  // The chosen articles are asked in the chat.
  function ask(event) {
    if (!event.submitter?.matches("[data-ask]")) return;
    event.preventDefault();
    const chosen = [...document.querySelectorAll("#selection input[name=uri]:checked")];
    const uris = chosen.map((box) => box.value).join(" ");
    if (uris) location.assign(`/?a=${encodeURIComponent(uris)}`);
  }

  function select(event) {
    if (event.target.id !== "all") return;
    for (const box of document.querySelectorAll("#selection input[name=uri]")) {
      box.checked = event.target.checked;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    follow();
    // The way to the chat leads back to the conversation that was open.
    const here = sessionStorage.getItem("article-qa-here");
    const chat = document.querySelector("#pages a[href='/']");
    if (here && chat) chat.href = `/?c=${encodeURIComponent(here)}`;
    const all = document.querySelector("#all");
    if (all) all.hidden = false;
    const applied = document.querySelector("form.auto button");
    if (applied) (applied.nextElementSibling ? applied : applied.parentElement).hidden = true;
  });
  document.addEventListener("submit", upload);
  document.addEventListener("submit", ask);
  document.addEventListener("change", select);
  document.addEventListener("change", apply);
  document.addEventListener("focusout", apply);
  for (const type of ["dragover", "dragleave", "drop"]) document.addEventListener(type, drop);
})();
