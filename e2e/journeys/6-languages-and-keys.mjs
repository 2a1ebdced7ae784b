// English on the pages that matter, and the work list from the keyboard.
import assert from "node:assert/strict";

import { fileOnline, HAT, register } from "../stage/filing.mjs";
import { signInByMail } from "../stage/sign-in.mjs";
import { journey } from "../stage/stage.mjs";

const OLD_WORDS = ["Hồ sơ của tôi", "Đăng xuất", "Tiếp tục", "Tra cứu hồ sơ"];

journey("somebody reads the pages in English", async (cast) => {
  const bong = await cast.somebody("bong");
  await bong.visit("/");
  await bong.go("English", bong.page.locator("header"));
  assert.equal(bong.path(), "/");
  assert.equal(await bong.page.locator("html").getAttribute("lang"), "en");
  for (const path of ["/thu-tuc", "/thu-tuc/1.001193", "/tra-cuu", "/lien-he", "/tro-nang", "/dang-nhap", "/can-bo/dang-nhap", "/demo", "/nop-ho-so/1.001193"]) {
    await bong.visit(path);
    await bong.readsNot(...OLD_WORDS);
  }
  const citizen = await cast.as("congdan1@huongsen.example");
  await citizen.go("English", citizen.page.locator("header"));
  await citizen.visit("/ho-so");
  await citizen.readsNot(...OLD_WORDS);
  await citizen.follow(() => citizen.main().locator(".results__title a").first().click());
  await citizen.reads("Who has read");
  await citizen.readsNot(...OLD_WORDS);
  await citizen.visit("/tai-khoan");
  const officer = await cast.as("chuyenvien.senhong");
  await officer.go("English", officer.page.locator("header"));
  for (const path of ["/can-bo", "/can-bo/don-vi", "/can-bo/tra-cuu?q=a", "/can-bo/tai-khoan"]) {
    await officer.visit(path);
    await officer.readsNot(...OLD_WORDS);
  }
  await officer.visit("/can-bo/don-vi");
  await officer.follow(() => officer.page.locator("[data-row-link]").first().click());
  await officer.readsNot(...OLD_WORDS);
});

journey("an officer works through the list by keyboard", async (cast) => {
  const officer = await cast.as("truongphong.senhong");
  const { keyboard } = officer.page;
  await keyboard.press("g");
  await officer.follow(() => keyboard.press("u"));
  assert.equal(officer.path(), "/can-bo/don-vi");
  const at = () => officer.page.locator("[data-row]").evaluateAll((rows) => rows.findIndex((row) => row.hasAttribute("data-at")));
  await keyboard.press("j");
  await keyboard.press("j");
  assert.equal(await at(), 1);
  await keyboard.press("k");
  assert.equal(await at(), 0);
  await keyboard.press("j");
  const code = await officer.page.locator("[data-row-link]").nth(1).innerText();
  await officer.follow(() => keyboard.press("Enter"));
  assert.equal(officer.path(), `/can-bo/ho-so/${code}`);
  await keyboard.press("a");
  assert.ok(await officer.page.evaluate(() => document.activeElement.closest("[data-acts]") !== null), "a goes to the acts");
  await officer.follow(() => officer.page.goBack());
  assert.equal(await at(), 1, "back on the row that was left");
  await keyboard.press("?");
  await officer.page.locator("#help[open]").waitFor();
  await officer.look();
  await keyboard.press("Escape");
  await keyboard.press("/");
  assert.equal(await officer.page.evaluate(() => document.activeElement.id), "desk-search");
  await keyboard.type(code);
  await officer.follow(() => keyboard.press("Enter"));
  await officer.reads(code);
});
