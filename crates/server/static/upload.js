// Files: each has its own row with its state, is checked before it is sent, goes alone, and can be tried again.
// The contract with the server stands in templates/components/file.html; sentences are data attributes of this element.
(() => {
  "use strict";

  const script = document.currentScript;
  const words = script.dataset;
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const language = document.documentElement.lang;
  const AT_ONCE = 2;

  const size = (bytes) => {
    const [amount, unit] = bytes < 1024 ? [bytes, "B"] : bytes < 1048576 ? [bytes / 1024, "kB"] : [bytes / 1048576, "MB"];
    return `${amount.toLocaleString(language, { maximumFractionDigits: unit === "MB" ? 1 : 0 })} ${unit}`;
  };
  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const button = (text, label, act) => {
    const made = element("button", "link-button", text);
    made.type = "button";
    if (label) made.append(element("span", "govuk-visually-hidden", ` ${label}`));
    made.addEventListener("click", act);
    return made;
  };

  function uploader(group) {
    const list = group.querySelector("[data-files]");
    const zone = group.querySelector("[data-zone]");
    const box = group.querySelector("input[type='file']");
    const told = group.querySelector("[data-announce]");
    const { upload: url, component, sizeMax, countMax } = group.dataset;
    const kinds = box.accept.split(",").map((kind) => kind.trim().toLowerCase()).filter(Boolean);
    const waiting = [];
    let running = 0;

    const tell = (text) => { if (told) told.textContent = text; };
    const kept = () => list.querySelectorAll(".files__row:not(.files__row--failed)").length;

    // Said before anything is sent, each mistake in its own words.
    const complaint = (file) => {
      const dot = file.name.lastIndexOf(".");
      const ending = dot < 0 ? "" : file.name.slice(dot).toLowerCase();
      if (kinds.length && !kinds.includes(ending)) {
        return fill(words.wrongKind, { kinds: kinds.map((kind) => kind.slice(1).toUpperCase()).join(", ") });
      }
      if (file.size === 0) return words.empty;
      if (Number(sizeMax) < file.size) return fill(words.tooBig, { size: size(file.size), limit: size(Number(sizeMax)) });
      if (Number(countMax) <= kept()) return fill(words.tooMany, { limit: countMax });
      return "";
    };

    const add = (files) => {
      for (const file of files) {
        const row = element("li", "files__row");
        const name = element("span", "files__name", `${file.name} `);
        name.append(element("span", "files__size", size(file.size)));
        const state = element("span", "files__state");
        const actions = element("span", "files__actions");
        row.append(name, state, actions);
        const wrong = complaint(file);
        list.append(row);
        const job = { file, row, state, actions };
        if (wrong) fail(job, wrong, false);
        else enqueue(job);
      }
      box.value = "";
    };

    const enqueue = (job) => {
      job.row.className = "files__row files__row--sending";
      job.state.replaceChildren(words.waiting);
      job.actions.replaceChildren(button(words.cancel, job.file.name, () => cancel(job)));
      waiting.push(job);
      next();
    };
    const next = () => {
      while (running < AT_ONCE && waiting.length) {
        running += 1;
        send(waiting.shift()).finally(() => {
          running -= 1;
          next();
        });
      }
    };
    const cancel = (job) => {
      const at = waiting.indexOf(job);
      if (0 <= at) waiting.splice(at, 1);
      job.cancelled = true;
      job.request?.abort();
      job.row.remove();
      box.focus();
    };
    const fail = (job, text, again) => {
      job.row.className = "files__row files__row--failed";
      const message = element("span", "files__message", text);
      job.state.replaceChildren(element("strong", "govuk-tag govuk-tag--red", words.failed), message);
      job.actions.replaceChildren();
      if (again) job.actions.append(button(words.retry, job.file.name, () => enqueue(job)));
      job.actions.append(button(words.dismiss, job.file.name, () => { job.row.remove(); box.focus(); }));
      tell(`${job.file.name}: ${text}`);
    };
    // A file that was moved or changed since it was chosen can no longer be read.
    const readable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);

    async function send(job) {
      if (job.cancelled) return;
      if (!(await readable(job.file))) {
        fail(job, words.unreadable, false);
        return;
      }
      await new Promise((done) => {
        const request = new XMLHttpRequest();
        const bar = element("progress", "files__progress");
        bar.max = 100;
        bar.setAttribute("aria-label", job.file.name);
        const percent = element("span", "", fill(words.uploading, { percent: 0 }));
        job.request = request;
        job.state.replaceChildren(bar, percent);
        tell(`${job.file.name}: ${fill(words.uploading, { percent: 0 })}`);
        request.upload.addEventListener("progress", (event) => {
          if (!event.lengthComputable) return;
          const part = Math.floor((100 * event.loaded) / event.total);
          bar.value = part;
          percent.textContent = part < 100 ? fill(words.uploading, { percent: part }) : words.checking;
        });
        request.addEventListener("load", () => { answered(job, request); done(); });
        request.addEventListener("error", async () => {
          const still = await readable(job.file);
          fail(job, still ? words.network : words.unreadable, still);
          done();
        });
        request.addEventListener("timeout", () => { fail(job, words.network, true); done(); });
        request.addEventListener("abort", () => done());
        request.open("POST", url);
        request.timeout = 600000;
        request.setRequestHeader("X-CSRF-Token", token());
        request.setRequestHeader("X-Part", "row");
        const form = new FormData();
        form.append("csrf", token());
        form.append("component", component);
        form.append("size", String(job.file.size));
        form.append("file", job.file, job.file.name);
        request.send(form);
      });
    }

    const answered = (job, request) => {
      const kind = request.getResponseHeader("content-type") ?? "";
      const isHere = new URL(request.responseURL || url, location.href).pathname === new URL(url, location.href).pathname;
      if (isHere && 200 <= request.status && request.status < 300 && kind.includes("html")) {
        const row = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("li");
        if (row) {
          job.row.replaceWith(row);
          tell(`${job.file.name}: ${row.querySelector(".files__state")?.textContent.trim() ?? ""}`);
          group.dispatchEvent(new CustomEvent("file-kept", { bubbles: true, detail: { component } }));
          return;
        }
      }
      if (!isHere || request.status === 401 || request.status === 403) {
        fail(job, words.signedOut, true);
        return;
      }
      if (kind.includes("json")) {
        try {
          const problem = JSON.parse(request.responseText);
          // The server looked inside the file: sending the same one again would be refused again.
          fail(job, problem.message ?? problem.detail ?? words.server, 500 <= request.status || request.status === 429);
          return;
        } catch {
          // Not what it says it is: answered below like any other failure.
        }
      }
      fail(job, words.server, true);
    };

    const remove = async (event) => {
      const pressed = event.target.closest("[data-remove]");
      if (!pressed) return;
      event.preventDefault();
      if (pressed.getAttribute("aria-disabled") === "true") return;
      pressed.setAttribute("aria-disabled", "true");
      const row = pressed.closest("li");
      const name = row.querySelector(".files__name a, .files__name")?.textContent.trim() ?? "";
      try {
        const answer = await fetch(pressed.dataset.remove, { method: "POST", body: new URLSearchParams({ csrf: token() }), headers: { "X-CSRF-Token": token(), "X-Part": "row" } });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const beside = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("button, a");
        row.remove();
        tell(fill(words.removed, { name }));
        (beside ?? box).focus();
        group.dispatchEvent(new CustomEvent("file-removed", { bubbles: true, detail: { component } }));
      } catch {
        pressed.removeAttribute("aria-disabled");
        let message = row.querySelector(".files__message");
        if (!message) {
          message = element("span", "files__message");
          row.querySelector(".files__state").append(message);
        }
        message.textContent = words.removeFailed;
        tell(words.removeFailed);
      }
    };

    // The browser's own button speaks the browser's language; ours speaks the page's.
    zone.classList.add("uploader__zone--ready");
    for (const hidden of group.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    const camera = group.querySelector("[data-camera]");
    if (camera) {
      const touch = window.matchMedia("(pointer: coarse)").matches;
      if (touch) camera.addEventListener("change", () => { add(camera.files); camera.value = ""; });
      else group.querySelector("[data-camera-button]").hidden = true;
    }
    for (const plain of (group.closest("form") ?? group).querySelectorAll("[data-without-script]")) plain.hidden = true;
    box.removeAttribute("name");
    box.addEventListener("change", () => add([...box.files]));
    list.addEventListener("click", remove);
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("uploader__zone--over"); });
    }
    for (const kind of ["dragleave", "drop"]) {
      zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.remove("uploader__zone--over"); });
    }
    zone.addEventListener("drop", (event) => add([...event.dataTransfer.files]));
    return { busy: () => running + waiting.length, box, tell };
  }

  const token = () => document.querySelector("input[name='csrf']")?.value ?? words.csrf;
  const uploaders = [...document.querySelectorAll("[data-upload]")].map(uploader);
  if (!uploaders.length) return;

  document.addEventListener("submit", (event) => {
    const busy = uploaders.find((one) => one.busy());
    // Removing a row is also a submit, without scripts; with them it never gets here.
    if (!busy || event.target.method !== "post") return;
    event.preventDefault();
    busy.tell("");
    busy.tell(words.stillUploading);
    let line = busy.box.closest("[data-upload]").querySelector("[data-wait]");
    if (!line) {
      line = element("p", "govuk-error-message");
      line.dataset.wait = "";
      busy.box.closest("[data-zone]").after(line);
    }
    line.textContent = words.stillUploading;
    busy.box.focus();
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (uploaders.some((one) => one.busy())) event.preventDefault();
  });
  // A file dropped beside the zone must not replace the page.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
})();
