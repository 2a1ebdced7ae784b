// The counter, without a mouse: card, procedure, papers, fee, accepted, receipt, the next one.
import assert from "node:assert/strict";

import { journey } from "../stage/stage.mjs";

const CARD = "025190000007|112233445|Nguyễn Thị Đào|01021990|Nữ|Tổ 3, phường Sen Hồng, tỉnh Hương Sen|25122021";
const NEXT = "025090000008||Trần Văn Mận|15081990|Nam|Tổ 5, phường Sen Hồng, tỉnh Hương Sen|03042022";
const TABS_MAX = 60;

journey("an officer takes dossiers in at the counter by keyboard only", async (cast) => {
  const reception = await cast.as("motcua.senhong");
  const keys = reception.page.keyboard;
  await keys.press("g");
  await reception.follow(() => keys.press("i"));
  assert.equal(reception.path(), "/can-bo/tiep-nhan");
  await scan(reception, CARD);
  assert.equal(await valueOf(reception, "name"), "Nguyễn Thị Đào");
  assert.equal(await valueOf(reception, "id_number"), "025190000007");
  assert.equal(await valueOf(reception, "born-year"), "1990");
  assert.ok(await reception.page.locator("input[name=sex][value=nu]").isChecked(), "the card says a woman");
  await keys.type("0912345678");
  await tabTo(reception, "procedure-text");
  await keys.type("cap ban sao trich luc");
  await reception.page.getByRole("listbox").getByRole("option").first().waitFor();
  await keys.press("Enter");
  await reception.follow(() => keys.press("Enter"));
  await reception.reads("Giấy tờ đã nhận", "Phí cấp bản sao trích lục hộ tịch", "8.000 đồng");
  assert.equal(await valueOf(reception, "name"), "Nguyễn Thị Đào", "what was typed is still there");
  await acceptByKeys(reception);
  const code = await done(reception, "Nguyễn Thị Đào");
  await nextApplicant(reception, code);
});

/** The same procedure again is one key; only the person is new. */
async function nextApplicant(reception, before) {
  const keys = reception.page.keyboard;
  await reception.follow(() => keys.press("m"));
  assert.equal(await valueOf(reception, "procedure"), "");
  await keys.press("Escape");
  await reception.follow(() => keys.press("l"));
  assert.equal(await valueOf(reception, "procedure"), "2.000635");
  await scan(reception, NEXT);
  assert.equal(await valueOf(reception, "name"), "Trần Văn Mận");
  await acceptByKeys(reception);
  const code = await done(reception, "Trần Văn Mận");
  assert.notEqual(code, before);
  await reception.follow(() => keys.press("t"));
  assert.equal(await valueOf(reception, "procedure"), "2.000635", "t takes the next of the same procedure");
}

/** A scanner types the text and Enter. */
async function scan(reception, text) {
  await tabTo(reception, "card");
  await reception.page.keyboard.type(text);
  await reception.page.keyboard.press("Enter");
}

/** Through papers and fees in the order of the conversation; Enter on the button accepts. */
async function acceptByKeys(reception) {
  const keys = reception.page.keyboard;
  const paper = reception.page.locator("input[name^=paper-]").first();
  await tabTo(reception, await paper.getAttribute("id"));
  assert.ok(await paper.isChecked(), "papers that are required are ticked beforehand");
  await keys.press("Space");
  await keys.press("Space");
  const fee = reception.page.locator("input[name^=fee-]").first();
  if (await fee.count()) {
    await tabTo(reception, await fee.getAttribute("id"));
    await keys.press("Space");
    assert.ok(await fee.isChecked());
  }
  await tabTo(reception, "", "accept");
  await reception.look();
  await reception.follow(() => keys.press("Enter"));
}

async function done(reception, applicant) {
  assert.match(reception.path(), /^\/can-bo\/tiep-nhan\/xong\//);
  const code = reception.path().split("/").at(-1);
  await reception.reads("Đã tiếp nhận hồ sơ", code, applicant);
  const print = reception.page.locator("[data-key=p]");
  const form = await reception.context.request.get(await print.getAttribute("href"));
  assert.equal(form.headers()["content-type"], "application/pdf");
  assert.equal((await form.body()).subarray(0, 4).toString(), "%PDF");
  return code;
}

async function tabTo(reception, id, name = "") {
  const here = () => reception.page.evaluate(() => ({ id: document.activeElement?.id ?? "", name: document.activeElement?.getAttribute("name") ?? "" }));
  for (let count = 0; count < TABS_MAX; count += 1) {
    const focus = await here();
    if (id ? focus.id === id : focus.name === name) return;
    await reception.page.keyboard.press("Tab");
  }
  assert.fail(`Tab never comes to ${id || name}`);
}

function valueOf(reception, id) {
  return reception.page.locator(`[id='${id}']`).inputValue();
}
