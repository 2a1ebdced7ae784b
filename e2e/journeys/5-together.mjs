// What goes wrong between people and browsers: two officers at once, a session that ends, two clicks, the back button.
import assert from "node:assert/strict";

import { act, actOf, openTab, prepare } from "../stage/desk.mjs";
import { pdf } from "../stage/files.mjs";
import { attach, fillIn, HAT, register, submit } from "../stage/filing.mjs";
import { officerKeys, signInAsDemo, signInAsOfficer, signInByMail } from "../stage/sign-in.mjs";
import { journey } from "../stage/stage.mjs";

/** Every code counts once; a telephone that is fast shows the next one already. */
const NEXT_CODE_SECONDS = 30;
const LA = { ...HAT, name: "Lê Thị Lá", email: "la.le@example.vn", number: "025190000015" };

journey("two officers act on one dossier: the second is told who did what, and keeps what was typed", async (cast) => {
  const first = await cast.as("motcua.senhong");
  const [code] = await openTab(first, "/can-bo", "intake");
  // The same desk, another place: somebody else with a browser of their own.
  const second = await cast.somebody("motcua.senhong, second place");
  await signInAsOfficer(second, "motcua.senhong");
  await second.visit(`/can-bo/ho-so/${code}`);
  const words = "Đề nghị nộp lại tờ khai có chữ ký.";
  const form = await prepare(second, /^Từ chối tiếp nhận/, { "Lý do": words, "Căn cứ": "Luật Hộ tịch" });
  await act(first, code, /^Tiếp nhận/, { "Ghi chú": "Đủ giấy tờ." });
  await second.follow(() => form.locator("button").click());
  await second.reads(words, "Luật Hộ tịch", /Hồ sơ được tiếp nhận \([^)]*cán bộ tiếp nhận/);
  await second.reads("Được tiếp nhận");
});

journey("an officer whose session ends while typing signs in again and goes on", async (cast) => {
  const reception = await cast.somebody("reception");
  await signInAsOfficer(reception, "motcua.sentrang");
  const [code] = await openTab(reception, "/can-bo", "intake");
  await reception.visit(`/can-bo/ho-so/${code}`);
  const words = "Hồ sơ đủ, nhận tại quầy số 2.";
  const form = await prepare(reception, /^Tiếp nhận/, { "Ghi chú": words });
  await endSessions(cast, "motcua.sentrang", "/can-bo/tai-khoan");
  await reception.follow(() => form.locator("button").click());
  assert.equal(reception.path(), "/can-bo/dang-nhap");
  await officerKeys(reception, cast.office.officers.get("motcua.sentrang"), NEXT_CODE_SECONDS);
  await reception.reads("Nội dung bạn vừa nhập còn đây");
  await reception.press("Gửi nội dung vừa nhập");
  assert.equal(reception.path(), `/can-bo/ho-so/${code}`);
  await reception.reads("Đã ghi nhận.", words);
});

journey("a citizen loses the session while typing, clicks twice, goes back: one dossier", async (cast) => {
  const la = await cast.somebody("la");
  await signInByMail(la, LA.email);
  await register(la, LA);
  await la.visit("/nop-ho-so/1.004873");
  await la.press("Bắt đầu nộp");
  const draft = la.path().replace(/\/[^/]+$/, "");
  await la.visit(`${draft}/chu-ho-so`);
  const elsewhere = await cast.somebody("la, at home");
  await signInByMail(elsewhere, LA.email);
  await elsewhere.visit("/tai-khoan");
  await elsewhere.press("Đăng xuất khỏi các nơi khác");

  await la.type("Địa chỉ", "Nhà số 7, phường Sen Hồng");
  await la.page.locator("[data-saved][data-state=failed]").waitFor();
  await la.look();
  await la.goOn();
  assert.equal(la.path(), "/dang-nhap");
  await signInByMail(la, LA.email);
  await la.reads("Nội dung bạn vừa nhập còn đây");
  await la.press("Gửi nội dung vừa nhập");
  await la.visit(`${draft}/chu-ho-so`);
  assert.equal(await la.main().getByLabel("Địa chỉ").inputValue(), "Nhà số 7, phường Sen Hồng");

  await la.visit(draft);
  await la.follow(() => la.main().locator(".govuk-task-list a").first().click());
  await fillIn(la, LA);
  await la.main().getByRole("checkbox").check();
  const button = la.main().getByRole("button", { name: "Nộp hồ sơ" });
  await la.follow(() => button.dblclick());
  const code = la.path().split("/").at(2);
  await la.reads("Đã nộp hồ sơ", code);
  await la.follow(() => la.page.goBack());
  assert.match(la.path(), new RegExp(`${code}|kiem-tra`));
  if (la.path().endsWith("kiem-tra")) {
    await la.main().getByRole("checkbox").check();
    await la.press("Nộp hồ sơ");
    assert.ok(la.path().includes(code), "the same dossier, however often it is pressed");
  }
  await la.visit("/ho-so");
  assert.equal(await la.main().locator(".results__title").count(), 1);
});

/** Ends every other session of this officer, as time would. */
async function endSessions(cast, login, path) {
  const elsewhere = await cast.somebody(`${login}, elsewhere`);
  await signInAsDemo(elsewhere, login);
  await elsewhere.visit(path);
  await elsewhere.press("Đăng xuất khỏi các nơi khác");
}
