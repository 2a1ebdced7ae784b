// A dossier from door to door: filed online, accepted, examined, supplemented, approved, settled, returned.
import assert from "node:assert/strict";

import { act, actOf, bringToExamination, signFor } from "../stage/desk.mjs";
import { empty, pdf, program } from "../stage/files.mjs";
import { attach, attachInVain, fillIn, HAT, register, submit } from "../stage/filing.mjs";
import { signInAsOfficer, signInByMail } from "../stage/sign-in.mjs";
import { journey } from "../stage/stage.mjs";

const UNIT = "senhong";

journey("a citizen files online and follows the dossier to its result", async (cast) => {
  const hat = await cast.somebody("hat");
  await hat.visit("/");
  await signInByMail(hat, HAT.email);
  await register(hat);
  assert.equal(hat.path(), "/ho-so", "who came from nowhere sees the own dossiers");
  const code = await file(hat);
  const { specialist, head } = await examine(cast, code);
  await supplement(specialist, hat, code);
  await settle(cast, { specialist, head }, code);
  await readResult(hat, code, [...cast.people.values()].filter((person) => person !== hat));
});

async function file(hat) {
  await hat.visit("/thu-tuc");
  await hat.type(/.+/, "dang ky khai sinh", hat.main().locator("form[role=search]"));
  await hat.press("Tìm");
  const first = hat.main().locator(".results__title a").first();
  assert.match(await first.innerText(), /^Đăng ký khai sinh$/);
  await hat.follow(() => first.click());
  await hat.reads("1.001193", "Giấy chứng sinh");
  await hat.follow(() => hat.main().locator(".govuk-button--start").first().click());
  await hat.press("Bắt đầu nộp");
  await refusedFiles(hat);
  await fillIn(hat);
  await hat.reads(HAT.name, "Đăng ký khai sinh");
  await hat.press("Nộp hồ sơ");
  await hat.reads("Đánh dấu cam đoan trước khi nộp");
  const code = await submit(hat);
  await hat.reads("Đã nộp hồ sơ", code, "Việc tiếp theo");
  const receipt = await hat.context.request.get(`/ho-so/${code}/phieu-nop`);
  assert.equal((await receipt.body()).subarray(0, 4).toString(), "%PDF");
  return code;
}

/** A program named .pdf and an empty file: said in words, and what was attached before stays. */
async function refusedFiles(hat) {
  const draft = hat.path().replace(/\/[^/]+$/, "");
  await hat.visit(`${draft}/giay-to`);
  await hat.follow(() => hat.main().locator(".govuk-task-list a").first().click());
  await attach(hat, pdf("tờ khai đã ký.pdf"));
  assert.match(await attachInVain(hat, program("hình cưới.pdf")), /Nội dung tệp này thuộc loại khác/);
  assert.match(await attachInVain(hat, empty("trống.pdf")), /Tệp rỗng/);
  assert.match(await attachInVain(hat, { ...program("cài đặt.exe"), mimeType: "application/x-msdownload" }), /Loại tệp này không nhận/);
  const paper = hat.path();
  await hat.visit(paper);
  await hat.reads("tờ khai đã ký.pdf", "Đã nhận");
  await hat.readsNot("hình cưới.pdf");
  await hat.visit(draft);
  await hat.follow(() => hat.main().locator(".govuk-task-list a").first().click());
}

async function examine(cast, code) {
  const reception = await cast.somebody(`motcua.${UNIT}`);
  await signInAsOfficer(reception, `motcua.${UNIT}`);
  assert.equal(reception.path(), "/can-bo");
  await reception.visit(`/can-bo?tab=intake&q=${code}`);
  await reception.go(code);
  await reception.reads(HAT.name);
  return bringToExamination(cast, code, UNIT);
}

/** Asked for at a component, answered at that very component. */
async function supplement(specialist, hat, code) {
  const component = "Giấy chứng sinh hoặc giấy tờ thay thế";
  await act(specialist, code, /^Yêu cầu bổ sung/, {
    [`Cần bổ sung ở “${component}”`]: "Bản chụp mờ, gửi lại bản rõ số.",
    "Lý do": "Thành phần hồ sơ chưa đầy đủ.",
    "Căn cứ": "Khoản 1 Điều 16 Luật Hộ tịch",
  });
  await specialist.reads("Yêu cầu bổ sung giấy tờ");
  await hat.visit("/ho-so");
  await hat.reads("Bạn cần bổ sung giấy tờ");
  await hat.visit(`/ho-so/${code}`);
  await hat.press("Bổ sung giấy tờ");
  assert.equal(await hat.heading(), component);
  await hat.reads("Bản chụp mờ, gửi lại bản rõ số.", "Khoản 1 Điều 16 Luật Hộ tịch", "Bạn đã gửi trước đây");
  await hat.goOn();
  await hat.reads("Gửi ít nhất một tệp cho nội dung này");
  await attach(hat, pdf("chứng sinh bản rõ.pdf", "bản rõ"));
  await hat.goOn();
  await hat.reads("Kiểm tra lại trước khi nộp bổ sung", "chứng sinh bản rõ.pdf");
  await hat.press("Nộp bổ sung");
  await hat.reads("Đã nộp bổ sung.");
}

async function settle(cast, { specialist, head }, code) {
  await specialist.visit(`/can-bo/ho-so/${code}`);
  await specialist.reads("chứng sinh bản rõ.pdf");
  assert.equal(await actOf(specialist, /^Duyệt/).count(), 0, "a specialist does not approve");
  await act(specialist, code, /^Trình kết quả/, { "Lý do": "Hồ sơ đủ điều kiện đăng ký." });
  await signFor(head, code);
  await act(head, code, /^Duyệt/);
  const leader = await cast.as(`lanhdao.${UNIT}`);
  await signFor(leader, code);
  await act(leader, code, /^Ký kết quả/, {
    "Số và tên văn bản kết quả": "Giấy khai sinh số 15/2026",
    "Tệp kết quả đã ký": pdf("giay-khai-sinh.pdf", "kết quả"),
  });
  const reception = await cast.as(`motcua.${UNIT}`);
  await signFor(reception, code);
  await act(reception, code, /^Trả kết quả/);
  await reception.reads("Đã trả kết quả");
}

/** The result comes down, and everybody who read the dossier stands on its page. */
async function readResult(hat, code, officers) {
  await hat.visit(`/ho-so/${code}`);
  await hat.reads("Giấy khai sinh số 15/2026", "Ai đã xem hồ sơ");
  await hat.main().locator("summary", { hasText: "Bằng chứng hồ sơ không bị sửa" }).click();
  await hat.reads("Đã tính lại: tất cả các mục đều khớp.");
  const readers = await hat.main().locator("#ai-da-xem ~ ul.results").first().innerText();
  for (const officer of officers) {
    const name = await officer.page.locator(".desk-header__person").innerText();
    assert.ok(readers.includes(name), `${name} read it:\n${readers}`);
  }
  const link = hat.main().getByRole("link", { name: "giay-khai-sinh.pdf" }).first();
  const [download] = await Promise.all([hat.page.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), "giay-khai-sinh.pdf");
  await hat.visit("/ho-so?loc=xong");
  await hat.reads(code);
}
