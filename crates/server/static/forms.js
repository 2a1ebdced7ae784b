// What forms do beyond plain HTML: focus on errors, characters left, saved as typed, sent once.
// Every sentence comes from the data attributes of this script's element (templates/layout/_scripts.html).
(() => {
  "use strict";

  const words = document.currentScript.dataset;
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  // Errors: the summary takes the focus; its links go to the field and show its label.
  function errors() {
    const summary = document.querySelector("[data-error-summary]");
    if (summary) {
      summary.focus();
      summary.addEventListener("click", (event) => {
        const link = event.target.closest("a[href^='#']");
        const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
        if (!field) return;
        event.preventDefault();
        const box = field.matches("input, select, textarea, button") ? field : field.querySelector("input, select, textarea") ?? field;
        (box.closest("fieldset")?.querySelector("legend") ?? box.closest(".govuk-form-group") ?? box).scrollIntoView();
        box.focus({ preventScroll: true });
      });
      return;
    }
    document.querySelector("[data-notice][role='alert']")?.focus();
  }

  // Characters left, shown when typing stops for a moment so that it is not read aloud at every letter.
  function counters() {
    for (const group of document.querySelectorAll("[data-count]")) {
      const limit = Number(group.dataset.count);
      const box = group.querySelector("textarea, input");
      const line = group.querySelector("[data-count-line]");
      if (!box || !line) continue;
      line.setAttribute("aria-live", "polite");
      let timer = 0;
      const show = () => {
        const left = limit - [...box.value].length;
        line.textContent = fill(left < 0 ? words.over : words.left, { n: Math.abs(left) });
        line.classList.toggle("character-count--over", left < 0);
      };
      box.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(show, 300);
      });
      if (box.value) show();
    }
  }

  // A second click, or Enter pressed twice, does not send again. Without data-resend a form is sent once per page view.
  function sendOnce() {
    const sent = new Set();
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented || form.method !== "post" || form.dataset.resend !== undefined) return;
      if (sent.has(form)) {
        event.preventDefault();
        return;
      }
      sent.add(form);
      const button = event.submitter;
      if (!button) return;
      button.setAttribute("aria-disabled", "true");
      // After a while the person may press again: the server tells a repetition by itself.
      setTimeout(() => release(form, button), 20000);
    });
    const release = (form, button) => {
      sent.delete(form);
      button.removeAttribute("aria-disabled");
    };
    // The back button shows the page as it was left: with a form that may be sent again.
    window.addEventListener("pageshow", () => {
      sent.clear();
      for (const button of document.querySelectorAll("button[aria-disabled='true']")) button.removeAttribute("aria-disabled");
    });
  }

  // Saved as typed: <form data-autosave="URL">, with the line <p class="saved" data-saved> wherever the page wants it.
  // The form goes to URL as it would be submitted, with the header X-CSRF-Token; the answer is 2xx, with or without
  // {"saved_at":"14:05"}.
  function autosave(form) {
    const url = form.dataset.autosave;
    const line = form.querySelector("[data-saved]") ?? form.insertBefore(Object.assign(document.createElement("p"), { className: "saved" }), form.firstChild);
    line.setAttribute("role", "status");
    let dirty = false, sending = false, failed = "", timer = 0, tries = 0, leaving = false;

    const say = (state, text) => {
      line.dataset.state = state;
      line.textContent = text;
    };
    const body = () => {
      const pairs = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") pairs.append(name, value);
      return pairs;
    };
    const post = (keepalive) => fetch(url, { method: "POST", body: body(), keepalive, headers: { "X-CSRF-Token": token(), Accept: "application/json" } });
    const later = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(save, ms);
    };
    const fail = (kind, text) => {
      dirty = true;
      failed = kind;
      say("failed", text);
      // What the server refuses does not become better by sending it again; typing on does.
      if (kind === "network") later(Math.min(30000, 3000 * 2 ** tries++));
    };

    async function save() {
      if (sending || !dirty) return;
      sending = true;
      dirty = false;
      if (!failed) say("saving", words.saving);
      try {
        const answer = await post(false);
        if (answer.ok && !answer.redirected) {
          const kind = answer.headers.get("content-type") ?? "";
          const told = kind.includes("json") ? await answer.json().catch(() => ({})) : {};
          failed = "";
          tries = 0;
          say("saved", fill(words.saved, { time: told.saved_at ?? clock() }));
        } else if (answer.redirected || answer.status === 401 || answer.status === 403) {
          fail("signed-out", words.signedOut);
        } else if (answer.status === 429 || 500 <= answer.status) {
          fail("network", words.saveFailed);
        } else {
          fail("refused", words.saveRefused);
        }
      } catch {
        fail("network", words.saveFailed);
      }
      sending = false;
      if (dirty && !failed) later(400);
    }

    const typed = (event) => {
      if (event.target.type === "file") return;
      dirty = true;
      later(event.type === "change" ? 150 : 900);
    };
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      leaving = true;
      clearTimeout(timer);
    });
    window.addEventListener("pageshow", () => { leaving = false; });
    window.addEventListener("online", () => failed === "network" && save());
    // After signing in again in another tab the token is another one: fetch it with a fresh copy of this page.
    window.addEventListener("focus", async () => {
      if (failed === "signed-out" && (await renewToken())) save();
    });
    window.addEventListener("beforeunload", (event) => {
      if (!leaving && (failed || sending || dirty)) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && dirty && !failed) post(true).then((answer) => { if (answer.ok) dirty = false; }, () => {});
    });
  }

  const clock = () => {
    const now = new Date();
    return [now.getHours(), now.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
  };
  const token = () => document.querySelector("input[name='csrf']")?.value ?? words.csrf;

  async function renewToken() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return false;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("input[name='csrf']")?.value;
      if (!fresh) return false;
      for (const box of document.querySelectorAll("input[name='csrf']")) box.value = fresh;
      for (const script of document.querySelectorAll("script[data-csrf]")) script.dataset.csrf = fresh;
      return true;
    } catch {
      return false;
    }
  }

  // A whole day pasted into the first box is spread over the three.
  function dates() {
    document.addEventListener("paste", (event) => {
      const group = event.target.closest?.("[data-date]");
      const parts = group && (event.clipboardData?.getData("text") ?? "").trim().match(/^(\d{1,2})[\/\-. ](\d{1,2})[\/\-. ](\d{4})$/);
      if (!parts) return;
      event.preventDefault();
      group.querySelectorAll("input").forEach((box, at) => {
        box.value = parts[at + 1];
        box.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
  }

  // For the scripts that come after this one.
  window.motcua = { token, renewToken };
  for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);
  errors();
  counters();
  sendOnce();
  dates();
})();
