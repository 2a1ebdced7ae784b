// What officers do with a dossier on its page.
import assert from "node:assert/strict";

/** The act with these words: a line that opens, with its form. */
export function actOf(officer, label) {
  const summary = officer.page.locator("summary").filter({ hasText: label });
  return officer.page.locator("[data-acts] details").filter({ has: summary }).first();
}

/** Opens an act and fills its fields: by their labels, text or a file. */
export async function prepare(officer, label, fields = {}) {
  const act = actOf(officer, label);
  await act.locator("summary").click();
  for (const [name, value] of Object.entries(fields)) {
    const box = act.getByLabel(name).first();
    const kind = await box.evaluate((element) => element.type);
    if (kind === "file") {
      await box.setInputFiles(value);
      await act.locator(".files__row--kept, .files__row--failed").first().waitFor();
    }
    else if (kind === "select-one") await box.selectOption(value);
    else await box.fill(value);
  }
  return act;
}

/** Does it, and fails unless it was recorded. */
export async function act(officer, code, label, fields = {}) {
  if (officer.path() !== `/can-bo/ho-so/${code}`) await officer.visit(`/can-bo/ho-so/${code}`);
  const form = await prepare(officer, label, fields);
  await officer.look();
  await officer.follow(() => form.locator("button.govuk-button[type=submit]").last().click());
  await officer.reads("Đã ghi nhận.");
}

/** Signs for whatever was handed over. */
export async function signFor(officer, code) {
  await officer.visit(`/can-bo/ho-so/${code}`);
  if (await actOf(officer, /^Ký nhận/).count()) await act(officer, code, /^Ký nhận/);
}

/** From the desk to the specialist who examines it, in a unit of the demonstration. */
export async function bringToExamination(cast, code, unit) {
  const reception = await cast.as(`motcua.${unit}`);
  await act(reception, code, /^Tiếp nhận/);
  await act(reception, code, /^Chuyển bước tiếp theo/);
  const head = await cast.as(`truongphong.${unit}`);
  await signFor(head, code);
  const specialist = await cast.as(`chuyenvien.${unit}`);
  const form = await prepare(head, /^Phân công/);
  await head.follow(() => form.locator("button").click());
  await head.reads("Đã ghi nhận.");
  await signFor(specialist, code);
  return { reception, head, specialist };
}

/** The codes on the page of a list. */
export async function codesListed(officer) {
  return officer.page.locator("[data-row-link]").allInnerTexts();
}

/** A page of a list on the desk, with something on it. */
export async function openTab(officer, path, tab) {
  await officer.visit(`${path}?tab=${tab}`);
  const codes = await codesListed(officer);
  assert.notEqual(codes.length, 0, `nothing in the tab ${tab}`);
  return codes;
}
