// One act on many dossiers of a list, and one paper of each.
import assert from "node:assert/strict";

import { journey } from "../stage/stage.mjs";

journey("an officer hands dossiers on at once, is told what became of each, and prints their papers", async (cast) => {
  const officer = await cast.as("motcua.senhong");
  await officer.visit("/can-bo/don-vi?tab=intake");
  await officer.press("Tiếp tục");
  await officer.reads("Chọn thao tác sẽ làm cho các hồ sơ.");
  await officer.main().getByLabel("Thao tác").selectOption({ label: "Chuyển bước tiếp theo" });
  await officer.press("Tiếp tục");
  await officer.reads("Chưa có hồ sơ nào được chọn.");

  const { keyboard } = officer.page;
  for (const key of ["j", "x", "j", "x", "j", "x"]) await keyboard.press(key);
  await officer.reads("Đã chọn 3");
  await officer.press("Tiếp tục");
  await officer.reads("Đã chọn 3 hồ sơ.");
  await officer.type("Ghi chú", "Bàn giao cuối buổi");
  await officer.press("Xem trước");
  await officer.reads("Sẽ làm 0 trong 3 hồ sơ", "Không làm được");

  await officer.visit("/can-bo/don-vi?tab=hand_over");
  await officer.main().getByRole("checkbox", { name: "Chọn mọi hồ sơ trên trang này" }).check();
  await officer.main().getByLabel("Thao tác").selectOption({ label: "Chuyển bước tiếp theo" });
  await officer.press("Tiếp tục");
  await officer.press("Xem trước");
  await officer.reads(/Sẽ làm [1-9]/, "Sau đó:");
  await officer.press(/^Chuyển bước tiếp theo: thực hiện với/);
  // The page tells by itself when it is done.
  await officer.main().getByText("Đã xong: làm được").waitFor();
  await officer.look();
  await officer.reads("Đã làm", "Phân công (UBND");
  await officer.visit("/can-bo/hang-loat");
  await officer.reads("Đã xong", "Chưa thực hiện");
  assert.equal(await officer.main().locator("[data-row]").count(), 2);

  await officer.visit("/can-bo/don-vi");
  await officer.main().getByRole("checkbox", { name: "Chọn mọi hồ sơ trên trang này" }).check();
  await officer.main().getByLabel("Thao tác").selectOption({ label: "In giấy tờ" });
  await officer.press("Tiếp tục");
  await officer.main().getByLabel("Giấy tờ cần in").selectOption({ label: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" });
  await officer.main().getByLabel("Mặt giấy").selectOption({ label: "In hai mặt, mỗi giấy bắt đầu ở một tờ mới" });
  await officer.press("Xem trước");
  await officer.reads(/Sẽ làm [1-9]/, "hẹn trả kết quả, số", "Hồ sơ chưa có");
  await officer.press(/^In giấy tờ: thực hiện với/);
  await officer.main().getByText("Đã xong: làm được").waitFor();
  await officer.look();
  const file = officer.main().getByRole("button", { name: /^Mở tệp in: [0-9]+ giấy, [0-9]+ trang/ });
  const printed = await officer.context.request.get(await file.getAttribute("href"));
  assert.equal(printed.headers()["content-type"], "application/pdf");
  assert.ok((await printed.body()).subarray(0, 5).toString() === "%PDF-");
});
