// The desk from the keyboard: lists, actions, search, help, the card scanner, type-ahead, focus after a swap.
// What pages mark for it stands in templates/layout/desk.html; sentences are data attributes of this element.
(() => {
  "use strict";

  const words = document.currentScript.dataset;
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) => element.getClientRects().length > 0;
  const changed = (box) => {
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\u0111/gi, "d").toLowerCase().trim();

  // --- Rows: j k Enter x -------------------------------------------------------------------------------------------
  const place = `row:${location.pathname}${location.search}`;
  const rows = () => all("[data-row]").filter(shown);
  const stand = (row) => {
    for (const other of all("[data-row][data-at]")) other.removeAttribute("data-at");
    row.setAttribute("data-at", "");
    sessionStorage.setItem(place, String(rows().indexOf(row)));
  };
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.hasAttribute("data-at"));
    const row = list[Math.max(0, Math.min(list.length - 1, at + step))];
    stand(row);
    (one("[data-row-link]", row) ?? row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const select = () => {
    const box = one("[data-row][data-at] [data-row-select]");
    if (!box || box.disabled) return;
    box.checked = !box.checked;
    changed(box);
  };
  const countSelected = () => {
    const boxes = all("[data-row-select]");
    const chosen = boxes.filter((box) => box.checked).length;
    for (const line of all("[data-selected-count]")) line.textContent = fill(words.selected, { n: chosen });
    for (const part of all("[data-when-selected]")) part.hidden = chosen === 0;
    for (const line of all("[data-select-all-line]")) line.hidden = false;
    for (const head of all("[data-select-all]")) {
      head.hidden = false;
      head.checked = 0 < chosen && chosen === boxes.length;
      head.indeterminate = 0 < chosen && chosen < boxes.length;
    }
  };
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row) stand(row);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) {
      for (const box of all("[data-row-select]")) if (!box.disabled) box.checked = event.target.checked;
      countSelected();
    } else if (event.target.matches("[data-row-select]")) {
      countSelected();
    }
  });

  // --- Keys --------------------------------------------------------------------------------------------------------
  const typing = (element) => element.closest("textarea, select, [contenteditable]") || (element.matches("input") && !["checkbox", "radio", "button", "submit"].includes(element.type));
  const help = () => {
    const dialog = one("#help");
    if (dialog && !dialog.open) dialog.showModal();
  };
  let waitingForPlace = 0;
  const single = {
    j: () => move(1),
    k: () => move(-1),
    x: select,
    a: () => all("[data-acts] :is(summary, button, a):not([disabled])").find(shown)?.focus(),
    n: () => one("a[data-next]")?.click(),
    "/": () => one("[data-search]")?.focus(),
    "?": help,
    g: () => { waitingForPlace = Date.now(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const here = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Escape" && typing(here) && !here.closest("dialog, [role='combobox']")) {
      here.blur();
      return;
    }
    if (typing(here) || one("dialog[open]")) return;
    if (Date.now() - waitingForPlace < 1500 && event.key !== "g") {
      waitingForPlace = 0;
      const link = one(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    if (event.key === "Enter" && (here === document.body || here.id === "main")) {
      one("[data-row][data-at] [data-row-link]")?.click();
      return;
    }
    const act = single[event.key] ?? (event.key.length === 1 && all(`[data-key="${CSS.escape(event.key)}"]`).filter(shown).map((found) => () => found.click())[0]);
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const open of all("[data-help-open]")) {
    open.hidden = false;
    open.addEventListener("click", help);
  }

  // --- Identity card typed by a scanner: number|old|name|ddMMyyyy|sex|address|ddMMyyyy ------------------------------
  const day = (text) => (/^\d{8}$/.test(text ?? "") ? [text.slice(0, 2), text.slice(2, 4), text.slice(4)] : null);
  const put = (root, part, value) => {
    if (!value) return;
    for (const box of all(`[data-card-${part}]`, root)) {
      if (box.matches("select")) {
        const option = [...box.options].find((one) => folded(one.textContent) === folded(value) || folded(one.value) === folded(value));
        if (option) box.value = option.value;
      } else if (box.matches("input, textarea")) {
        box.value = Array.isArray(value) ? value.join("/") : value;
      } else if (Array.isArray(value)) {
        all("input", box).forEach((input, at) => { input.value = value[at] ?? ""; changed(input); });
        continue;
      } else {
        const radio = all("input[type='radio']", box).find((one) => folded(one.labels?.[0]?.textContent ?? "") === folded(value) || folded(one.value) === folded(value));
        if (radio) { radio.checked = true; changed(radio); }
        continue;
      }
      changed(box);
    }
  };
  const readCard = (box) => {
    const parts = box.value.normalize("NFC").trim().split("|").map((part) => part.trim());
    if (parts.length < 2) return false;
    const root = box.form ?? document;
    const status = one("[data-card-status]", root);
    const [number, old, name, born, sex, address, issued] = parts;
    if (parts.length < 7 || !/^\d{12}$/.test(number) || !name || !day(born)) {
      if (status) {
        status.textContent = words.cardUnknown;
        status.dataset.state = "failed";
      }
      box.select();
      return true;
    }
    put(root, "number", number);
    put(root, "old", old);
    put(root, "name", name);
    put(root, "born", day(born));
    put(root, "sex", sex);
    put(root, "address", address);
    put(root, "issued", day(issued));
    if (status) {
      status.textContent = fill(words.cardRead, { name });
      status.dataset.state = "read";
    }
    box.value = "";
    document.getElementById(box.dataset.cardNext ?? "")?.focus();
    return true;
  };
  // A scanner ends with Enter; a paste does not.
  let cardTimer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("[data-card]")) return;
    clearTimeout(cardTimer);
    if (readCard(event.target)) event.preventDefault();
  });
  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-card]")) return;
    clearTimeout(cardTimer);
    if (6 <= box.value.split("|").length - 1 && /\|\d{8}$/.test(box.value.trim())) cardTimer = setTimeout(() => readCard(box), 250);
  });

  // --- Type-ahead (the combobox pattern of the ARIA practices) -----------------------------------------------------
  function combobox(box) {
    const hidden = document.getElementById(box.dataset.comboboxFor);
    const list = document.createElement("ul");
    const status = document.createElement("p");
    let options = [], active = -1, timer = 0, asking = null;
    list.className = "combobox__list";
    list.id = `${box.id}-list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.labels?.[0]?.textContent.trim() ?? "");
    list.hidden = true;
    status.className = "combobox__status";
    status.setAttribute("role", "status");
    box.after(list, status);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false", autocomplete: "off" })) box.setAttribute(name, value);

    const close = () => {
      list.hidden = true;
      active = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };
    const mark = (at) => {
      active = at;
      [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
      if (at < 0) return;
      box.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    };
    const choose = (at) => {
      const chosen = options[at];
      if (!chosen) return;
      box.value = chosen.label;
      if (hidden) {
        hidden.value = chosen.value;
        changed(hidden);
      }
      status.textContent = "";
      close();
    };
    const show = (found) => {
      options = found.slice(0, 20);
      list.replaceChildren(...options.map((option, at) => {
        const row = document.createElement("li");
        row.className = "combobox__option";
        row.id = `${list.id}-${at}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.textContent = option.label;
        if (option.note) {
          const note = document.createElement("span");
          note.className = "combobox__note";
          note.textContent = option.note;
          row.append(note);
        }
        row.addEventListener("mousedown", (event) => { event.preventDefault(); choose(at); });
        return row;
      }));
      status.textContent = options.length ? fill(words.found, { n: options.length }) : words.noneFound;
      list.hidden = options.length === 0;
      box.setAttribute("aria-expanded", String(options.length > 0));
      mark(options.length ? 0 : -1);
    };
    const ask = async () => {
      const typed = box.value.trim();
      asking?.abort();
      if (typed.length < Number(box.dataset.comboboxMin ?? 2)) {
        close();
        status.textContent = "";
        return;
      }
      asking = new AbortController();
      const url = new URL(box.dataset.combobox, location.href);
      url.searchParams.set("q", typed);
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: asking.signal });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const found = (await answer.json()).options ?? [];
        if (document.activeElement === box) show(found);
      } catch (error) {
        if (error.name === "AbortError") return;
        close();
        status.textContent = words.searchFailed;
      }
    };
    box.addEventListener("input", () => {
      if (hidden?.value) {
        hidden.value = "";
        changed(hidden);
      }
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const open = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) ask();
        else mark((active + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
      } else if (event.key === "Enter" && open) {
        event.preventDefault();
        choose(active);
      } else if (event.key === "Tab" && open) {
        choose(active);
      } else if (event.key === "Escape") {
        event.preventDefault();
        asking?.abort();
        close();
      }
    });
    box.addEventListener("blur", () => setTimeout(close, 100));
  }

  // --- After htmx changed a part of the page -----------------------------------------------------------------------
  let before = "";
  document.addEventListener("htmx:beforeSwap", () => { before = document.activeElement?.id ?? ""; });
  document.addEventListener("htmx:afterSettle", (event) => {
    prepare(event.target);
    if (document.activeElement && document.activeElement !== document.body) return;
    const asked = event.detail.requestConfig?.elt?.dataset?.focusAfter;
    const there = document.getElementById(asked ?? "") ?? document.getElementById(before) ?? event.target;
    if (!there.matches("a, button, input, select, textarea, [tabindex]")) there.tabIndex = -1;
    there.focus({ preventScroll: true });
  });
  for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(kind, () => {
      let line = one("#request-failed");
      if (!line) {
        line = document.createElement("div");
        line.id = "request-failed";
        line.className = "notice notice--line notice--important";
        line.setAttribute("role", "alert");
        one("#main").prepend(line);
      }
      line.textContent = "";
      line.textContent = words.requestFailed;
    });
  }
  document.addEventListener("htmx:beforeRequest", () => one("#request-failed")?.remove());

  const prepare = (root) => {
    for (const box of all("[data-combobox]", root)) {
      if (box.getAttribute("role") === "combobox") continue;
      combobox(box);
    }
    countSelected();
  };
  prepare(document);
  // Coming back to a list: j, k and Enter go on where they were.
  const last = rows()[Math.min(Number(sessionStorage.getItem(place) ?? -1), rows().length - 1)];
  if (last) last.setAttribute("data-at", "");
})();
