// Filing online: what a citizen answers on each page, whatever pages the procedure has.
import assert from "node:assert/strict";

import { pdf } from "./files.mjs";

const PAGES_MAX = 40;

/** A citizen whose number fits sex and day of birth. */
export const HAT = {
  name: "Nguyễn Thị Hạt",
  email: "hat.nguyen@example.vn",
  number: "025190000007",
  phone: "0912 345 678",
  address: "Tổ 3, phường Sen Hồng, tỉnh Hương Sen",
  born: ["1", "2", "1990"],
};

/** The page of a person who signs in for the first time. */
export async function register(person, who = HAT) {
  assert.equal(person.path(), "/dang-nhap/thong-tin");
  await person.type("Họ và tên", who.name);
  await person.type("Số định danh cá nhân", who.number);
  await person.type("Số điện thoại", who.phone);
  await person.type("Nơi ở hiện tại", who.address);
  await person.press("Lưu và tiếp tục");
}

/** From the page of a procedure to the page that shows all answers once more. */
export async function fillIn(person, who = HAT, unit = "phường Sen Hồng") {
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = person.path().split("/").at(-1);
    if (page === "kiem-tra") return;
    await answer(person, page, who, unit);
  }
  assert.fail(`still not at the end after ${PAGES_MAX} pages`);
}

async function answer(person, page, who, unit) {
  if (page === "dieu-kien") await person.choose("Có");
  else if (page === "truong-hop") await person.main().getByRole("radio").first().check();
  else if (page === "co-quan") await person.choose(new RegExp(unit));
  else if (page === "nguoi-nop") await person.choose("Cho tôi");
  else if (page === "chu-ho-so") await owner(person, who);
  else if (page === "nhan-ket-qua") await person.choose("Nhận bản điện tử tại đây");
  else if (page === "giay-to") return papers(person);
  else if (page.startsWith("noi-dung")) await questions(person);
  else assert.equal(page, "le-phi", "a page that the journey knows");
  await person.goOn();
}

/** The account is offered; the day of birth is not in it. */
async function owner(person, who) {
  await person.reads("Thông tin lấy từ tài khoản của bạn");
  for (const [at, label] of ["Ngày", "Tháng", "Năm"].entries()) await person.main().getByLabel(label, { exact: true }).fill(who.born[at]);
  await person.type("Số định danh cá nhân", who.number);
}

/** Something sensible in every box of the procedure's own form that is still empty. */
async function questions(person) {
  const main = person.main();
  for (const group of await main.locator("fieldset:has(input[type=radio])").all()) await group.getByRole("radio").first().check();
  for (const box of await main.locator("input.govuk-input, textarea").all()) {
    if (await box.inputValue()) continue;
    const [id, mode] = [(await box.getAttribute("id")) ?? "", await box.getAttribute("inputmode")];
    const digits = id.endsWith("-day") ? "20" : id.endsWith("-month") ? "2" : id.endsWith("-year") ? "2026" : "1";
    await box.fill(mode === "numeric" ? digits : "Nguyễn Minh Sen");
  }
}

/** Every paper that is needed, one after the other. */
async function papers(person) {
  for (let count = 0; count < 20; count += 1) {
    const needed = person.main().locator("li").filter({ hasText: "Cần nộp" }).getByRole("link").first();
    if ((await needed.count()) === 0) return person.goOn();
    const name = await needed.innerText();
    await person.follow(() => needed.click());
    await attach(person, pdf(`${name.slice(0, 40)}.pdf`, name));
    await person.goOn();
  }
  assert.fail("there is always one more paper");
}

/** Chooses a file and waits until its row says that it arrived. */
export async function attach(person, file) {
  await person.main().locator("input[type=file]").first().setInputFiles(file);
  const row = person.main().locator(".files__row").filter({ hasText: file.name });
  await row.filter({ hasText: "Đã nhận" }).waitFor();
  await person.look();
}

/** Chooses a file that is refused, and answers what is said about it. */
export async function attachInVain(person, file) {
  await person.main().locator("input[type=file]").first().setInputFiles(file);
  const row = person.main().locator(".files__row--failed").filter({ hasText: file.name });
  await row.waitFor();
  await person.look();
  return row.innerText();
}

/** Files what stands on the last page, and answers the code. */
export async function submit(person) {
  await person.main().getByRole("checkbox").check();
  await person.press("Nộp hồ sơ");
  const [, code] = person.path().match(/^\/ho-so\/([^/]+)\/da-nop$/) ?? [];
  assert.ok(code, `a confirmation, not ${person.path()}`);
  return code;
}

/** A dossier of this citizen, filed online from the first page to the last. */
export async function fileOnline(person, { procedure = "1.001193", who = HAT, unit } = {}) {
  await person.visit(`/nop-ho-so/${procedure}`);
  await person.press("Bắt đầu nộp");
  await fillIn(person, who, unit);
  return submit(person);
}
