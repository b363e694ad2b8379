"use strict";
// What the pages can do besides: the letter follows what is typed, dates are picked, lists of law are searched.
// Nothing here is needed; every page works without it.
(() => {
  const form = document.getElementById("answers");
  const beside = document.getElementById("beside");
  const status = document.getElementById("letter-status");
  const PAUSE = 150;

  // --- the letter beside the questions ---

  let timer = 0, running = null, focused = "", again = false;

  function nameOf(target) {
    const group = target.closest("[data-field]");
    return group ? group.dataset.field : "";
  }

  async function refresh() {
    if (running) { again = true; return; }
    const data = new URLSearchParams(new FormData(form));
    data.delete("do");
    data.set("focus", focused);
    running = fetch(form.dataset.live, { method: "POST", body: data });
    try {
      const answer = await running;
      if (answer.ok) await show(await answer.text());
      document.documentElement.dataset.letter = String(Math.round(performance.now()));
    } catch {
      if (status) status.textContent = "The letter cannot be brought up to date: Letters has been stopped.";
    } finally {
      running = null;
      if (again) { again = false; refresh(); }
    }
  }

  // New pages are loaded before they replace the old ones, so that nothing flickers and nothing moves.
  async function show(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const pictures = [...page.querySelectorAll("img")];
    await Promise.all(pictures.map((each) => {
      const picture = new Image();
      picture.src = each.getAttribute("src");
      return picture.decode().catch(() => {});
    }));
    const open = [...beside.querySelectorAll("details")].map((each) => each.open);
    beside.replaceChildren(...page.body.childNodes);
    beside.querySelectorAll("details").forEach((each, number) => { each.open = Boolean(open[number]); });
    lookAtMark();
    const marks = beside.querySelector(".marks");
    if (status && marks) status.textContent = marks.textContent.trim();
  }

  // Where the letter stands beside the questions, bring the shaded sentence into view.
  function lookAtMark() {
    const sheet = beside.querySelector("[data-mark]");
    const column = document.getElementById("letter");
    if (!sheet || column.scrollHeight <= column.clientHeight + 4) return;
    const picture = sheet.querySelector("img").getBoundingClientRect();
    const place = picture.top + picture.height * Number(sheet.dataset.mark) - column.getBoundingClientRect().top;
    if (place > 60 && place < column.clientHeight - 120) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    column.scrollBy({ top: place - column.clientHeight / 3, behavior: calm ? "auto" : "smooth" });
  }

  function later(event) {
    if (!beside || !form.dataset.live || !beside.childElementCount) return;
    focused = nameOf(event.target) || focused;
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  }

  if (form && beside) {
    lookAtMark();
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("focusin", (event) => {
      const name = nameOf(event.target);
      if (name && focused && name !== focused) later(event);
      focused = name || focused;
    });
  }

  // --- size of the pages ---

  const zoom = document.querySelector(".zoom");
  if (zoom && beside) {
    const read = () => Number(sessionStorage.getItem("letters-zoom") ?? 2);
    const apply = (size) => {
      beside.className = `zoom-${size}`;
      zoom.querySelector("[data-zoom='-1']").disabled = size <= 0;
      zoom.querySelector("[data-zoom='1']").disabled = size >= 4;
    };
    zoom.hidden = false;
    apply(read());
    zoom.addEventListener("click", (event) => {
      const size = Math.min(4, Math.max(0, read() + Number(event.target.dataset.zoom || 0)));
      sessionStorage.setItem("letters-zoom", String(size));
      apply(size);
    });
  }

  // --- dates ---

  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  document.querySelectorAll(".date").forEach((box) => {
    const text = box.querySelector("input");
    const holder = document.createElement("span");
    holder.className = "date-box";
    const picker = document.createElement("input");
    picker.type = "date";
    picker.className = "picker";
    picker.tabIndex = -1;
    picker.setAttribute("aria-hidden", "true");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    button.textContent = "Pick a date";
    button.addEventListener("click", () => {
      const typed = new Date(`${text.value} 12:00`);
      if (!Number.isNaN(typed.getTime())) picker.value = typed.toISOString().slice(0, 10);
      try { picker.showPicker(); } catch { picker.focus(); }
    });
    picker.addEventListener("change", () => {
      if (!picker.value) return;
      const [year, month, day] = picker.value.split("-").map(Number);
      text.value = `${MONTHS[month - 1]} ${day}, ${year}`;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
    holder.append(button, picker);
    box.append(holder);
  });

  // --- searching long lists ---

  document.querySelectorAll(".search").forEach((place) => {
    const input = place.querySelector("input");
    const options = [...place.parentElement.querySelectorAll(".option")];
    const found = place.parentElement.querySelector(".found");
    place.hidden = false;
    input.addEventListener("input", (event) => {
      event.stopPropagation();
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      options.forEach((each) => {
        const shown = words.every((word) => each.dataset.search.includes(word)) || each.querySelector("input").checked;
        each.hidden = !shown;
        if (shown) count += 1;
      });
      found.textContent = words.length ? `${count} shown` : "";
    });
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  });

  // --- dropping a mail on the page ---

  document.querySelectorAll(".drop").forEach((zone) => {
    const input = zone.querySelector("input[type='file']");
    const stop = (event) => { event.preventDefault(); zone.classList.toggle("over", event.type === "dragover"); };
    document.addEventListener("dragover", stop);
    document.addEventListener("dragleave", stop);
    document.addEventListener("drop", (event) => {
      stop(event);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      zone.requestSubmit();
    });
    input.addEventListener("change", () => zone.requestSubmit());
  });

  // --- forms ---

  let sent = false;
  document.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    setTimeout(() => { sent = false; }, 4000);
  });
  const summary = document.querySelector(".summary");
  if (summary) summary.focus();
  document.querySelectorAll(".summary a[href^='#']").forEach((link) => link.addEventListener("click", (event) => {
    const place = document.getElementById(link.getAttribute("href").slice(1));
    const target = place && (place.matches("input, textarea") ? place : place.querySelector("input"));
    if (target) { event.preventDefault(); target.focus(); }
  }));
})();
