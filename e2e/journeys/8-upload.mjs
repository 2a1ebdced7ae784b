// A large file over a bad line: cut ten times, by the network, by closing the page, by killing the server.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { bigPdf } from "../stage/files.mjs";
import { HAT, register } from "../stage/filing.mjs";
import { signInByMail } from "../stage/sign-in.mjs";
import { journey } from "../stage/stage.mjs";

const MEGA = 1 << 20;
/** A slow line and three starts of the server take a minute and a half, and more on a busy machine. */
const LONG_MS_MAX = 480_000;
const BYTES = 200 * MEGA;
/** A line slow enough to be cut in the middle. */
const BYTES_PER_SECOND = 24 * MEGA;
const SEN = { ...HAT, name: "Nguyễn Thị Sen", email: "sen.nguyen@example.vn", number: "025190000031" };
const CUTS = ["network", "tab", "server", "network", "tab", "server", "network", "tab", "server", "network"];

journey("a file of 200 MB is cut ten times and arrives as it was sent", async (cast) => {
  const folder = await mkdtemp(join(tmpdir(), "motcua-upload-"));
  try {
    const file = join(folder, "bản vẽ hoàn công.pdf");
    const sent = await bigPdf(file, BYTES);
    const sen = await paperOf(cast);
    const acknowledged = watch(sen);
    await choose(sen, file);
    for (const [at, cut] of CUTS.entries()) {
      // Later each time, and never at the end.
      await arrived(sen, 5 + 9 * at);
      await CUT[cut](cast, sen, file);
    }
    const row = sen.main().locator("[data-file]").filter({ hasText: basename(file) });
    await row.waitFor({ timeout: 120_000 });
    await sen.look();
    assert.deepEqual(acknowledged.lost, [], "nothing acknowledged was lost");
    assert.equal(await sen.main().locator("[data-file]").count(), 1, "attached once");
    assert.equal(await hashOf(sen, await row.locator("a").getAttribute("href")), sent);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, LONG_MS_MAX);

journey("an upload is paused, gone on with, and thrown away", async (cast) => {
  const folder = await mkdtemp(join(tmpdir(), "motcua-upload-"));
  try {
    const file = join(folder, "bản đồ.pdf");
    await bigPdf(file, 40 * MEGA);
    const sen = await paperOf(cast);
    await line(sen, { bytesPerSecond: 6 * MEGA });
    await choose(sen, file);
    await arrived(sen, 10);
    await sen.look();
    await button(sen, "Tạm dừng").click();
    await sen.reads(/Đã được \d+ %\. Có thể đóng trang/);
    await sen.look();
    // Opened again, the page offers what arrived.
    await sen.visit(sen.path());
    await sen.reads("bản đồ.pdf", /Máy chủ đã nhận \d+ %\. Chọn lại đúng tệp này/);
    await line(sen, { bytesPerSecond: 6 * MEGA });
    await choose(sen, file);
    await arrived(sen, 15);
    await button(sen, "Tạm dừng").click();
    await button(sen, "Tiếp tục").click();
    await arrived(sen, 20);
    await button(sen, "Hủy").click();
    await sen.visit(sen.path());
    await sen.readsNot("bản đồ.pdf");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const CUT = {
  async network(cast, sen) {
    await line(sen, { offline: true });
    await sen.main().getByText("Mất kết nối", { exact: false }).first().waitFor();
    await line(sen, { bytesPerSecond: BYTES_PER_SECOND });
  },
  async tab(cast, sen, file) {
    const path = sen.path();
    await sen.page.close();
    await sen.open();
    await sen.visit(path);
    await sen.reads(/Máy chủ đã nhận \d+ %/);
    await choose(sen, file);
  },
  async server(cast, sen) {
    await cast.office.crash(500);
  },
};

/** The page of the first paper of a new filing. */
async function paperOf(cast) {
  const sen = await cast.somebody("sen");
  await sen.visit("/");
  await signInByMail(sen, SEN.email);
  if (sen.path() === "/dang-nhap/thong-tin") await register(sen, SEN);
  await sen.visit("/nop-ho-so/1.001193");
  await sen.press(/^Bắt đầu nộp/);
  const draft = sen.path().replace(/\/[^/]+$/, "");
  await sen.visit(`${draft}/giay-to`);
  await sen.follow(() => sen.main().locator(".govuk-task-list a").first().click());
  return sen;
}

async function choose(person, file) {
  await line(person, { bytesPerSecond: BYTES_PER_SECOND });
  await person.main().locator("input[type=file]").first().setInputFiles(file);
}

/** Waits until so many percent were sent. */
async function arrived(person, percent) {
  await person.page.waitForFunction((least) => least <= (document.querySelector("progress")?.value ?? 0), percent, { timeout: 60_000, polling: 20 });
}

function button(person, name) {
  return person.main().locator(".files__actions").getByRole("button", { name }).first();
}

/** How fast the line of a page is, or that it is cut. */
async function line(person, { offline = false, bytesPerSecond = -1 }) {
  person.wire ??= new WeakMap();
  let wire = person.wire.get(person.page);
  if (!wire) {
    wire = await person.context.newCDPSession(person.page);
    await wire.send("Network.enable");
    person.wire.set(person.page, wire);
  }
  await wire.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
}

/** Whatever the server acknowledged it must still have when it is asked. */
function watch(person) {
  const seen = { most: 0, lost: [] };
  person.context.on("response", (response) => {
    const offset = Number(response.headers()["upload-offset"]);
    if (!/\/tai-len\/[^/]+$/.test(response.url()) || !Number.isFinite(offset)) return;
    const method = response.request().method();
    if (method === "HEAD" && offset < seen.most) seen.lost.push(`${offset} of ${seen.most}`);
    if (response.ok()) seen.most = Math.max(seen.most, offset);
  });
  return seen;
}

async function hashOf(person, href) {
  const answer = await person.context.request.get(href, { timeout: 120_000 });
  assert.ok(answer.ok(), `${answer.status()} ${href}`);
  return createHash("sha256").update(await answer.body()).digest("hex");
}
