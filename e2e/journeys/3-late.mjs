// A dossier that is late: an apology with a new date, once.
import assert from "node:assert/strict";

import { act, actOf, openTab, prepare } from "../stage/desk.mjs";
import { journey } from "../stage/stage.mjs";

/** A working day some weeks ahead, as officers write it. */
function dayAhead(weeks) {
  const day = new Date(Date.now() + weeks * 7 * 24 * 3600 * 1000);
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
  return [day.getUTCDate(), day.getUTCMonth() + 1, day.getUTCFullYear()].map((part) => String(part).padStart(2, "0")).join("/");
}

const EXTEND = /^Xin lỗi và hẹn lại/;
const REASON = "Phải xác minh tại nơi cư trú trước đây.";

journey("a late dossier gets an apology and a new date, and only one", async (cast) => {
  const { leader, code } = await lateDossier(cast);
  // Two tabs of the same page, opened before anything was done.
  const first = await leader.open();
  await leader.visit(`/can-bo/ho-so/${code}`);
  const second = leader.page;
  await prepare(leader, EXTEND, { "Hẹn trả mới": dayAhead(4), "Lý do": "Lần hai." });
  leader.turnTo(first);

  await prepareAndFail(leader, { "Hẹn trả mới": "01/02/2026", "Lý do": REASON }, /Ngày hẹn mới phải sau ngày hẹn cũ/);
  await leader.visit(`/can-bo/ho-so/${code}`);
  await act(leader, code, EXTEND, { "Hẹn trả mới": dayAhead(2), "Lý do": REASON });
  await leader.reads("Đã hẹn lại", "Văn bản xin lỗi và hẹn lại ngày trả kết quả", "Văn bản xin lỗi ban hành muộn hơn quy định");
  const letter = await leader.context.request.get(await leader.page.getByRole("link", { name: /Văn bản xin lỗi/ }).first().getAttribute("href"));
  assert.equal((await letter.body()).subarray(0, 4).toString(), "%PDF");

  // Refused on the page, with the reason, and refused from the tab that did not know.
  assert.equal(await actOf(leader, EXTEND).count(), 0, "it is not offered again");
  await leader.reads(/Chỉ được hẹn lại 1 lần, và đã hẹn lại rồi/);
  leader.turnTo(second);
  await leader.follow(() => actOf(leader, EXTEND).locator("button").click());
  await leader.reads(/Chỉ được hẹn lại 1 lần, và đã hẹn lại rồi/, "Lần hai.");
});

async function prepareAndFail(leader, fields, reason) {
  const form = await prepare(leader, EXTEND, fields);
  await leader.follow(() => form.locator("button").click());
  await leader.reads(reason);
  assert.equal(await actOf(leader, EXTEND).getByLabel("Lý do").inputValue(), fields["Lý do"], "what was typed stays");
}

/** A dossier that is late, still open to a new date, and a leader who may give one. */
async function lateDossier(cast) {
  for (const unit of ["senhong", "sentrang", "damvac"]) {
    const leader = await cast.as(`lanhdao.${unit}`);
    for (const code of await openTab(leader, "/can-bo/don-vi", "late")) {
      await leader.visit(`/can-bo/ho-so/${code}`);
      // A step may be late while its dossier still has time: that is no reason for an apology.
      const isLate = await leader.main().locator("p > .badge--late", { hasText: /^Quá hạn$/ }).count();
      if (isLate && (await actOf(leader, EXTEND).count())) return { leader, code };
    }
  }
  return assert.fail("no late dossier of the demonstration can be given a new date");
}
