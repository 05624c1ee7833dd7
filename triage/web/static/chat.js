// The page works without this script. With it, answers are added in place and late ones come by themselves.
"use strict";

(() => {
  const EVERY = 2000; // milliseconds between looks for late answers
  const HIDDEN_EVERY = 20000;
  const BODY_LIMIT = 25 * 1024 * 1024; // bytes

  const log = document.getElementById("log");
  const composer = document.getElementById("composer");
  const message = document.getElementById("message");
  const files = document.getElementById("files");
  const chosen = document.getElementById("chosen");
  const clear = document.getElementById("clear");
  const trouble = document.getElementById("trouble");
  const status = document.getElementById("status");
  const words = composer.dataset;
  let busy = false;

  const newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  const after = () =>
    Math.max(0, ...Array.from(log.querySelectorAll("[data-seq]"), (item) => Number(item.dataset.seq)));

  const say = (text) => {
    trouble.textContent = text;
    trouble.hidden = !text;
  };

  const toEnd = () => window.scrollTo(0, document.documentElement.scrollHeight);

  /** Scrolls to the end, but never past the beginning of what is new. */
  const show = (fresh) => {
    toEnd();
    const above = fresh.length ? fresh[0].getBoundingClientRect().top - 16 : 0;
    if (above < 0) window.scrollBy(0, above);
  };

  // Answers -----------------------------------------------------------------------------------

  /** Adds the items that are not there yet; returns the new ones. */
  const add = (html, headers) => {
    const near = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 200;
    const piece = new DOMParser().parseFromString(html, "text/html");
    const fresh = Array.from(piece.body.children).filter((item) => !document.getElementById(item.id));
    fresh.forEach((item) => log.append(document.adoptNode(item)));
    fresh.forEach(decorate);
    forget(Number(headers.get("X-First")));
    retire((headers.get("X-Live") || "").split(" "));
    if (fresh.length && near) show(fresh);
    return fresh;
  };

  /** Takes away the buttons of screens that no longer wait. */
  const retire = (live) => {
    log.querySelectorAll(".buttons").forEach((form) => {
      if (!live.includes(form.closest("[data-seq]").dataset.seq)) form.remove();
    });
  };

  /** Takes away what the server has forgotten (the person had the data erased). */
  const forget = (first) => {
    if (!first) return;
    const items = Array.from(log.querySelectorAll("[id]"));
    const kept = items.findIndex((item) => Number(item.dataset.seq) >= first);
    const stale = items.slice(0, Math.max(0, kept)).some((item) => Number(item.dataset.seq) < first);
    if (!stale) return;
    items.forEach((item) => {
      if (!(Number(item.dataset.seq) >= first)) item.remove();
    });
  };

  const decorate = (item) => {
    if (!navigator.clipboard) return;
    item.querySelectorAll("pre").forEach((block) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = words.copy;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(block.textContent);
        button.textContent = words.copied;
        setTimeout(() => (button.textContent = words.copy), 2000);
      });
      block.after(button);
    });
  };

  /** Posts a form; returns the new items, or null when it was not taken (then the person has been told). */
  const post = async (address, data) => {
    busy = true;
    status.textContent = words.sending;
    data.set("after", String(after()));
    try {
      const response = await fetch(address, {
        method: "POST",
        body: data,
        headers: { "X-Requested-With": "fetch" },
      });
      const text = await response.text();
      if (!response.ok) {
        say(text);
        return null;
      }
      say("");
      return add(text, response.headers);
    } catch {
      say(words.notSent);
      return null;
    } finally {
      busy = false;
      status.textContent = "";
    }
  };

  const look = async () => {
    if (!busy) {
      try {
        const response = await fetch(`/chat/new?after=${after()}`, { headers: { "X-Requested-With": "fetch" } });
        const text = await response.text();
        if (!busy && response.ok) {
          status.textContent = "";
          if (response.status === 200) add(text, response.headers);
        }
      } catch {
        if (!busy) status.textContent = words.offline;
      }
    }
    setTimeout(look, document.hidden ? HIDDEN_EVERY : EVERY);
  };

  // What the person does ------------------------------------------------------------------------

  composer.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    if (!message.value.trim() && !files.files.length) {
      say(words.nothing);
      message.focus();
      return;
    }
    const size = Array.from(files.files).reduce((sum, file) => sum + file.size, message.value.length);
    if (size > BODY_LIMIT) {
      say(words.tooBig);
      return;
    }
    const sent = message.value;
    const taken = await post(composer.action, new FormData(composer));
    if (taken) {
      if (message.value === sent) message.value = "";
      files.value = "";
      composer.elements.once.value = newKey();
      showChosen();
      show(taken);
    }
    message.focus({ preventScroll: true });
  });

  log.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".buttons")) return;
    event.preventDefault();
    if (busy || !event.submitter) return;
    const data = new URLSearchParams(new FormData(form, event.submitter));
    const taken = await post(form.action, data);
    if (!taken) return;
    const screen = taken.filter((item) => item.dataset.seq).at(-1);
    (screen || message).focus({ preventScroll: true });
    show(taken);
  });

  message.addEventListener("keydown", (event) => {
    const plain = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    const touch = matchMedia("(pointer: coarse)").matches;
    if (plain && (!touch || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      composer.requestSubmit();
    }
  });

  // Files ---------------------------------------------------------------------------------------

  const sizeOf = (size) =>
    size < 1024 ? `${size} Б` : size < 1048576 ? `${Math.round(size / 1024)} КБ`
      : `${(size / 1048576).toFixed(1).replace(".", ",")} МБ`;

  const showChosen = () => {
    const lines = Array.from(files.files, (file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name}, ${sizeOf(file.size)}`;
      return line;
    });
    chosen.replaceChildren(...lines);
    chosen.hidden = clear.hidden = !lines.length;
  };

  const addFiles = (more) => {
    const all = new DataTransfer();
    [...files.files, ...more].forEach((file) => all.items.add(file));
    files.files = all.files;
    showChosen();
  };

  files.addEventListener("change", showChosen);
  clear.addEventListener("click", () => {
    files.value = "";
    showChosen();
    files.focus();
  });
  message.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    addFiles(event.clipboardData.files);
  });
  const dragsFiles = (event) => event.dataTransfer && event.dataTransfer.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!dragsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!dragsFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    addFiles(event.dataTransfer.files);
  });

  document.documentElement.classList.add("scripted");
  log.querySelectorAll(".item").forEach(decorate);
  if (!matchMedia("(pointer: coarse)").matches) message.focus({ preventScroll: true });
  toEnd();
  setTimeout(look, EVERY);
})();
