// Files: each has its own row with its state, is checked before it is sent, and goes in pieces (tus 1.0, tus.min.js), so
// that it can be paused, and gone on with after the line, the page or the server was away.
// The contract with the server stands in templates/components/file.html; sentences are data attributes of this element.
(() => {
  "use strict";

  const script = document.currentScript;
  const words = script.dataset;
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const language = document.documentElement.lang;
  const AT_ONCE = 2;
  const CHUNK = 8 << 20;
  // How long to wait before each new try, in milliseconds; after some progress it begins anew.
  const WAITS = [300, 1000, 2000, 4000, 8000, 15000, 30000, 30000, 60000, 60000];
  // What passes by itself: no answer, another one writes, a piece that went wrong, too many requests; and 409, a wrong
  // offset, once there is an upload.
  const AGAIN = new Set([0, 423, 429, 460]);
  // When to ask what became of a file that arrived, in milliseconds.
  const OUTCOMES = [0, 1000, 3000, 9000, ...Array(90).fill(20000)];
  // Bytes from which on quarters are told aloud.
  const BIG = 20 << 20;

  const size = (bytes) => {
    const [amount, unit] = bytes < 1024 ? [bytes, "B"] : bytes < 1048576 ? [bytes / 1024, "kB"] : [bytes / 1048576, "MB"];
    return `${amount.toLocaleString(language, { maximumFractionDigits: unit === "MB" ? 1 : 0 })} ${unit}`;
  };
  const duration = (seconds) => {
    if (seconds < 60) return fill(words.seconds, { n: Math.max(1, Math.round(seconds)) });
    if (seconds < 5400) return fill(words.minutes, { n: Math.round(seconds / 60) });
    return fill(words.hours, { n: Math.round(seconds / 3600) });
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
    const { upload: url, draft, about, component, sizeMax, countMax } = group.dataset;
    const kinds = box.accept.split(",").map((kind) => kind.trim().toLowerCase()).filter(Boolean);
    const waiting = [];
    const jobs = new Set();
    let running = 0;

    const tell = (text) => { if (told) told.textContent = text; };
    const kept = () => list.querySelectorAll(".files__row:not(.files__row--failed, [data-unfinished])").length;

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
        const job = { file, row, state, actions, percent: 0 };
        jobs.add(job);
        if (wrong) fail(job, wrong, false);
        else enqueue(job);
      }
      box.value = "";
    };

    const show = (job, state, ...actions) => {
      job.row.className = `files__row files__row--${state}`;
      job.actions.replaceChildren(...actions.map(([text, act]) => button(text, job.file.name, act)));
    };
    const enqueue = (job) => {
      Object.assign(job, { paused: false, broken: false });
      job.state.replaceChildren(words.waiting);
      show(job, "sending", [words.cancel, () => cancel(job)]);
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
    const stop = (job) => {
      const at = waiting.indexOf(job);
      if (0 <= at) waiting.splice(at, 1);
      job.stopped?.();
      job.upload?.abort();
    };
    const cancel = (job) => {
      job.cancelled = true;
      stop(job);
      // What the server has of it is not wanted any more; what cannot be told now is given up by itself later.
      if (job.url) fetch(job.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRF-Token": token() } }).catch(() => {});
      job.row.remove();
      box.focus();
    };
    const pause = (job) => {
      job.paused = true;
      stop(job);
      job.state.replaceChildren(element("strong", "govuk-tag govuk-tag--yellow", words.paused), element("span", "", fill(words.pausedAt, { percent: job.percent })));
      show(job, "paused", [words.goOn, () => goOn(job)], [words.cancel, () => cancel(job)]);
      job.actions.firstChild.focus();
      tell(`${job.file.name}: ${words.paused}`);
    };
    const goOn = (job) => {
      enqueue(job);
      (job.actions.firstChild ?? box).focus();
    };
    const fail = (job, text, again) => {
      const message = element("span", "files__message", text);
      job.state.replaceChildren(element("strong", "govuk-tag govuk-tag--red", words.failed), message);
      if (again) show(job, "failed", [words.retry, () => retry(job)], [words.dismiss, () => cancel(job)]);
      else show(job, "failed", [words.dismiss, () => cancel(job)]);
      tell(`${job.file.name}: ${text}`);
    };
    const retry = async (job) => {
      // After signing in again the token is another one.
      if (job.signedOut) await renewToken();
      job.signedOut = false;
      enqueue(job);
    };
    // A file that was moved or changed since it was chosen can no longer be read.
    const readable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);

    // The hash of the whole file: by it the server knows that nothing changed on the way, and the page knows it again.
    const read = (job) => new Promise((done) => {
      const worker = new Worker(words.hasher);
      job.stopped = () => { worker.terminate(); done(false); };
      worker.onmessage = ({ data }) => {
        if (data.read) {
          job.state.replaceChildren(fill(words.reading, { percent: Math.floor((100 * data.read) / job.file.size) }));
          return;
        }
        worker.terminate();
        job.sha256 = data.sha256;
        done(Boolean(data.sha256));
      };
      worker.onerror = () => { worker.terminate(); job.sha256 = ""; done(true); };
      worker.postMessage(job.file);
    });

    // A row that an earlier visit left: the same file, of which a part is on the server already.
    const takeUp = (job) => {
      const rows = [...list.querySelectorAll("[data-unfinished]")];
      const same = rows.find(({ dataset }) => Number(dataset.bytes) === job.file.size && (dataset.sha256 && job.sha256 ? dataset.sha256 === job.sha256 : dataset.name === job.file.name));
      if (!same) return;
      job.url = same.dataset.unfinished;
      job.percent = Number(same.dataset.percent);
      same.remove();
      tell(fill(words.resuming, { name: job.file.name, percent: job.percent }));
    };

    async function send(job) {
      if (job.cancelled) return;
      job.state.replaceChildren(fill(words.reading, { percent: 0 }));
      if (!job.sha256 && !(await read(job))) {
        if (!job.cancelled) fail(job, words.unreadable, false);
        return;
      }
      if (!job.url) takeUp(job);
      await new Promise((done) => {
        job.stopped = done;
        transfer(job, done);
      });
    }

    // The row while bytes are on their way: how much, how fast, how long still.
    const meter = (job) => {
      const bar = element("progress", "files__progress");
      bar.max = 100;
      bar.value = job.percent;
      bar.setAttribute("aria-label", job.file.name);
      const line = element("span", "files__line", fill(words.uploading, { percent: job.percent }));
      job.state.replaceChildren(bar, line);
      show(job, "sending", [words.pause, () => pause(job)], [words.cancel, () => cancel(job)]);
      const seen = [];
      let said = 0, told = job.percent;
      return (sent) => {
        const now = performance.now();
        job.percent = Math.floor((100 * sent) / job.file.size);
        bar.value = job.percent;
        seen.push([now, sent]);
        while (2 < seen.length && 8000 < now - seen[0][0]) seen.shift();
        if (now - said < 400 && sent < job.file.size) return;
        said = now;
        const speed = (1000 * (sent - seen[0][1])) / (now - seen[0][0] || 1);
        const facts = { percent: job.percent, sent: size(sent), size: size(job.file.size), speed: size(speed), left: duration((job.file.size - sent) / speed) };
        if (job.percent === 100) line.textContent = words.checking;
        else line.textContent = fill(1000 < now - seen[0][0] && 0 < speed ? words.uploadingFast : words.uploading, facts);
        if (25 <= job.percent - told && BIG < job.file.size) {
          told = job.percent;
          tell(`${job.file.name}: ${fill(words.uploading, facts)}`);
        }
      };
    };

    const transfer = (job, done) => {
      const progress = meter(job);
      tell(`${job.file.name}: ${fill(words.uploading, { percent: job.percent })}`);
      const metadata = { filename: job.file.name, filetype: job.file.type, draft, component };
      if (about) metadata.about = about;
      if (job.sha256) metadata.sha256 = job.sha256;
      const again = (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return status === 409 ? Boolean(job.url) : AGAIN.has(status) || 500 <= status;
      };
      const upload = new tus.Upload(job.file, {
        endpoint: job.url ? null : url,
        uploadUrl: job.url ?? null,
        chunkSize: CHUNK,
        retryDelays: WAITS,
        storeFingerprintForResuming: false,
        metadata,
        onBeforeRequest: (request) => request.setHeader("X-CSRF-Token", token()),
        onShouldRetry: (error) => {
          if (!again(error)) return false;
          job.held = true;
          job.state.lastChild.textContent = fill(words.reconnecting, { percent: job.percent });
          return true;
        },
        onUploadUrlAvailable: () => {
          job.url = upload.url;
          // From here on it is gone on with, and never begun anew because the server was away for a moment.
          upload.options.endpoint = null;
        },
        onProgress: (sent) => {
          job.held = false;
          progress(sent);
        },
        onSuccess: () => outcome(job).finally(done),
        onError: (error) => refused(job, error, again(error)).finally(done),
      });
      job.upload = upload;
      upload.start();
    };

    const refused = async (job, error, again) => {
      if (job.cancelled || job.paused) return;
      const answer = error.originalResponse;
      const status = answer?.getStatus() ?? 0;
      if (job.url && (status === 404 || status === 410) && !job.anew) {
        // The server gave it up: it is sent from the beginning, once.
        Object.assign(job, { url: undefined, percent: 0, anew: true });
        enqueue(job);
      } else if (status === 401 || status === 403) {
        job.signedOut = true;
        fail(job, words.signedOut, true);
      } else if (!status) {
        const still = await readable(job.file);
        job.broken = still;
        fail(job, still ? words.network : words.unreadable, still);
      } else {
        const said = message(answer.getBody());
        // The server looked inside the file: sending the same one again would be refused again.
        if (!again) job.url = undefined;
        fail(job, said || words.server, again || !said);
      }
    };
    const message = (body) => {
      try {
        return JSON.parse(body).message ?? "";
      } catch {
        return "";
      }
    };

    // Everything arrived: the row of the file, or why it was not taken.
    const outcome = async (job) => {
      for (let tries = 0; tries < OUTCOMES.length && !job.cancelled; tries += 1) {
        await new Promise((later) => { setTimeout(later, OUTCOMES[tries]); });
        const answer = await fetch(job.url).catch(() => null);
        const kind = answer?.headers.get("content-type") ?? "";
        if (answer?.status === 200 && kind.includes("html")) {
          const row = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("li");
          for (const old of list.querySelectorAll("[data-expired]")) if (old.dataset.expired === job.file.name) old.remove();
          job.row.replaceWith(row);
          tell(`${job.file.name}: ${row.querySelector(".files__state")?.textContent.trim() ?? ""}`);
          group.dispatchEvent(new CustomEvent("file-kept", { bubbles: true, detail: { component } }));
          return;
        }
        if (answer?.status === 202) {
          // The file is here and is looked at for malware; that may take long, and nobody has to wait for it.
          if (tries === 2) {
            job.stopped();
            job.state.replaceChildren(element("strong", "govuk-tag govuk-tag--yellow", words.checking), element("span", "", words.checkingLater));
            show(job, "paused", [words.cancel, () => cancel(job)]);
            tell(`${job.file.name}: ${words.checking}`);
          }
          continue;
        }
        if (!answer && 3 < tries) break;
        if (answer?.status === 401) {
          job.signedOut = true;
          fail(job, words.signedOut, true);
          return;
        }
        if (answer && 400 <= answer.status && answer.status < 500) {
          job.url = undefined;
          fail(job, message(await answer.text()) || words.server, false);
          return;
        }
      }
      if (!job.cancelled) fail(job, words.network, true);
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
    // Back on the network: what waits for its next try, or gave up trying, goes on at once.
    window.addEventListener("online", () => {
      for (const job of jobs) {
        if (!job.row.isConnected) jobs.delete(job);
        else if (job.broken) retry(job);
        else if (job.held) job.upload.abort().then(() => job.upload.start());
      }
    });
    return { busy: () => running + waiting.length, box, tell };
  }

  const { token, renewToken } = window.motcua;
  const uploaders = [...document.querySelectorAll("[data-upload]")].map(uploader);
  if (!uploaders.length) return;
  // What is said once for all the uploaders of a form.
  for (const hidden of document.querySelectorAll("form [data-with-script]")) if (!hidden.closest("[data-upload]")) hidden.hidden = false;

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
