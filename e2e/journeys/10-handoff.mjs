// Photos of a paper: the counter shows a code, a phone that nobody signed in on sends by it, the officer confirms.
import assert from "node:assert/strict";

import { pdf, program } from "../stage/files.mjs";
import { readCode } from "../stage/qr.mjs";
import { journey } from "../stage/stage.mjs";

const APPLICANT = "Nguyễn Thị Đào";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

journey("an officer has a paper photographed with a phone", async (cast) => {
  const reception = await cast.as("motcua.senhong");
  await reception.visit("/can-bo/tiep-nhan?thu_tuc=1.001193");
  await reception.page.locator("#name").fill(APPLICANT);
  await reception.page.locator("#address").fill("Tổ 3, phường Sen Hồng, tỉnh Hương Sen");
  await reception.press(/^Chụp bằng điện thoại/);
  assert.equal(await reception.page.locator("#name").inputValue(), APPLICANT, "what was typed is still there");
  await reception.reads("Đang chờ điện thoại");
  const address = await readCode(reception.page.locator(".keep__qr"));
  assert.ok(address.startsWith(`${cast.office.address}/chup/`), address);

  const phone = await cast.somebody("phone", PHONE);
  await phone.visit(address);
  await phone.reads("Gửi bản chụp giấy tờ", "Sen Hồng");
  await phone.readsNot(APPLICANT, "025190000007");
  await phone.main().locator("input[type=file]").first().setInputFiles([pdf("mặt trước.pdf", "1"), program("không phải.pdf")]);
  await phone.main().locator("[data-file]").filter({ hasText: "mặt trước.pdf" }).waitFor();
  await phone.main().locator(".files__message").filter({ hasText: "Chỉ nhận tệp PDF" }).waitFor();
  await phone.look();

  // The counter sees it come, without a hand on it, and what was typed stays.
  await reception.main().locator("#handoff-live").getByRole("link", { name: "mặt trước.pdf" }).waitFor();
  await reception.reads("Đã nhận 1 tệp từ điện thoại");
  assert.equal(await reception.page.locator("#name").inputValue(), APPLICANT);
  await reception.look();
  await phone.main().locator("input[type=file]").first().setInputFiles(pdf("mặt sau.pdf", "2"));
  await phone.main().locator("[data-file]").filter({ hasText: "mặt sau.pdf" }).waitFor();
  await phone.press("Đã gửi đủ");
  await phone.reads("Đã gửi xong", "Đã gửi 2 tệp");
  await reception.main().getByText("Điện thoại báo đã gửi xong: 2 tệp", { exact: false }).waitFor();
  await reception.look();

  // Nobody else gets in by the same address.
  const stranger = await cast.somebody("stranger", PHONE);
  const closed = await stranger.visit(address);
  assert.equal(closed.status(), 410);
  await stranger.readsNot("mặt trước");

  // Back at the counter: one file is taken out, one is added from the desk, and the officer accepts.
  await reception.press("Đóng");
  const paper = reception.main().locator(".uploader--slim").first();
  await paper.locator("[data-file]").filter({ hasText: "mặt sau.pdf" }).getByRole("button", { name: /^Bỏ tệp/ }).click();
  await paper.locator("[data-file]").filter({ hasText: "mặt sau.pdf" }).waitFor({ state: "detached" });
  await paper.locator("input[type=file]").setInputFiles(pdf("quét tại quầy.pdf", "3"));
  await paper.locator("[data-file]").filter({ hasText: "quét tại quầy.pdf" }).waitFor();
  await reception.look();
  await reception.press("Tiếp nhận và in giấy hẹn");
  assert.match(reception.path(), /^\/can-bo\/tiep-nhan\/xong\//);
  await reception.press("Mở hồ sơ");
  await reception.reads("mặt trước.pdf", "quét tại quầy.pdf");
  await reception.readsNot("mặt sau.pdf");
});
