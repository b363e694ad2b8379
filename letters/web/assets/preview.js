"use strict";
// Everything from the library is set as text, never as markup.
const at = (id) => document.getElementById(id);
let version = 0;
let shownPdf = 0;

function element(tag, words, className) {
  const made = document.createElement(tag);
  if (words) made.textContent = words;
  if (className) made.className = className;
  return made;
}

async function send(what, data) {
  at("status").textContent = "Making the letter …";
  await fetch(what, { method: "POST", body: new URLSearchParams({ ...data, token: document.body.dataset.token }) });
}

// The old letter stays until the new one has loaded, so that nothing flickers.
function showPdf(number) {
  if (number === shownPdf || number === 0) return;
  shownPdf = number;
  const frame = element("iframe");
  frame.title = "The letter as PDF";
  frame.src = `letter.pdf?v=${number}#view=FitH&toolbar=0`;
  const old = [...at("letter").children];
  frame.addEventListener("load", () => old.forEach((each) => each.remove()));
  at("letter").append(frame);
}

function paragraph(each) {
  const item = element("li");
  item.append(element("div", each.words, "words"), element("div", each.place, "from"));
  if (each.template !== each.words) item.append(element("code", each.template));
  if (each.conditions.length) item.append(element("div", `because ${[...new Set(each.conditions)].join("; ")}`, "from"));
  return item;
}

function condition(each) {
  const item = element("li");
  const says = element("span", "", "says");
  says.append(element("code", each.says), element("div", each.place, "from"));
  const button = element("button", each.holds ? "yes" : each.holds === null ? "not asked" : "no");
  button.type = "button";
  button.title = "Turn this condition on or off";
  button.setAttribute("aria-label", `${each.says}: ${button.textContent}. Turn this condition on or off`);
  button.addEventListener("click", () => send("flip", { condition: each.number }));
  item.append(says, button);
  return item;
}

function finding(each) {
  const item = element("li", "", each.severity);
  const place = [each.file, each.part, each.line && `line ${each.line}`, each.paragraph && `paragraph ${each.paragraph}`];
  item.append(element("div", place.filter(Boolean).join(", "), "from"));
  item.append(element("div", [each.message, each.hint].filter(Boolean).join(" ")));
  return item;
}

function show(state) {
  if (!state.samples) return;
  document.title = `Preview: ${state.kind}`;
  at("kind").textContent = state.kind;
  at("sample").replaceChildren(...state.samples.map((name) => {
    const option = element("option", name);
    option.selected = name === state.sample;
    return option;
  }));
  at("reset").hidden = state.changes.length === 0;
  const all = `Everything that is wrong is under Findings, as from: letters check ${state.kind}`;
  at("problems").replaceChildren(...[...state.problems, ...(state.problems.length ? [all] : [])].map((words) => element("li", words)));
  at("changes").replaceChildren(...state.changes.map((each) => element("li", `${each.title}: ${each.was} → ${each.is}`)));
  at("paragraphs").replaceChildren(...state.paragraphs.map(paragraph));
  at("conditions").replaceChildren(...state.conditions.map(condition));
  at("findings").replaceChildren(...(state.findings.length ? state.findings.map(finding) : [element("li", "Nothing found.")]));
  const count = state.findings.filter((each) => each.severity === "error").length + state.problems.length;
  at("findings").classList.toggle("old", state.checking);
  outdated(state.outdated ? "Out of date: the letter could not be made after the last change. What is wrong is on the right." : "");
  at("status").textContent = count ? `${count} to fix` : state.draft ? "Up to date; a draft until it is vetted" : "Up to date";
  showPdf(state.pdf);
}

// Says that the pages below are those of an earlier version.
function outdated(words) {
  at("outdated").textContent = words;
  at("outdated").hidden = !words;
  at("letter").classList.toggle("old", Boolean(words));
}

async function listen() {
  for (;;) {
    try {
      const answer = await fetch(`state?after=${version}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const state = await answer.json();
      if (state.version !== version) {
        version = state.version;
        show(state);
      }
    } catch {
      at("status").textContent = "The preview has been stopped in the terminal.";
      outdated("Out of date: the preview has been stopped, so later changes are not shown.");
      await new Promise((resume) => setTimeout(resume, 1000));
    }
  }
}

at("sample").addEventListener("change", (event) => send("sample", { sample: event.target.value }));
at("reset").addEventListener("click", () => send("reset", {}));
document.querySelectorAll("nav button").forEach((button) => button.addEventListener("click", () => {
  document.querySelectorAll("nav button").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  document.querySelectorAll(".tab").forEach((tab) => { tab.hidden = tab.id !== button.dataset.tab; });
}));
listen();
