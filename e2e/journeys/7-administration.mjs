// Looking after the office itself: a unit and its people, a procedure from one version to the next.
import assert from "node:assert/strict";

import { fileOnline, HAT, register } from "../stage/filing.mjs";
import { signInByMail } from "../stage/sign-in.mjs";
import { journey } from "../stage/stage.mjs";

const UNITS = "/can-bo/quan-tri/don-vi";
const PEOPLE = "/can-bo/quan-tri/nguoi-dung";
const COPIES = "2.000635";
const PROCEDURE = `/can-bo/quan-tri/thu-tuc/${COPIES}`;
const LOTUS = { ...HAT, name: "Lê Thị Ngó", email: "ngo.le@example.vn", number: "025190000013" };

async function pick(person, label, value, within = person.main()) {
  await within.getByLabel(label, { exact: true }).first().selectOption(value);
}

async function day(person, legend, [dayOf, month, year]) {
  const boxes = person.main().getByRole("group", { name: legend });
  for (const [label, value] of [["Ngày", dayOf], ["Tháng", month], ["Năm", year]]) {
    await boxes.getByLabel(label, { exact: true }).fill(value);
  }
}

journey("an administrator adds a unit, and appoints somebody in it", async (cast) => {
  const administrator = await cast.as("quantri.tinh");
  await administrator.visit(UNITS);
  await administrator.press("Thêm đơn vị");
  await administrator.type("Mã định danh", "H99.101");
  await administrator.press("Lưu");
  await administrator.reads("Nhập tên đơn vị", "Chọn cấp của đơn vị");
  await administrator.type("Tên đơn vị", "UBND xã Đồng Ngó");
  await pick(administrator, "Cấp", "commune");
  await pick(administrator, "Đơn vị cấp trên", "H99");
  await administrator.press("Thêm nơi tiếp nhận");
  const stop = administrator.page.locator("#stop-0");
  await pick(administrator, "Loại", "point", stop);
  await administrator.type("Tên", "Điểm tiếp nhận xã Đồng Ngó", stop);
  await administrator.press("Lưu");
  await administrator.reads("Mã này đã có đơn vị dùng");
  await administrator.type("Mã định danh", "H99.777");
  await administrator.press("Lưu");
  assert.equal(administrator.path(), `${UNITS}/H99.777`);
  await administrator.reads("Đã thêm đơn vị.", "Điểm tiếp nhận xã Đồng Ngó", "Chưa ai giữ vai trò ở đơn vị này.");

  await administrator.visit(PEOPLE);
  await administrator.press("Thêm cán bộ");
  await administrator.type("Họ và tên", "Trần Thị Gương");
  await administrator.type("Tên đăng nhập", "guong.tran");
  await administrator.press(/^Thêm|^Lưu/);
  await administrator.reads("Trần Thị Gương");
  await administrator.press("Phân vai trò");
  await pick(administrator, "Đơn vị", "H99.777");
  await pick(administrator, "Vai trò", "reception");
  await administrator.press("Phân vai trò");
  await administrator.reads("cán bộ tiếp nhận", "UBND xã Đồng Ngó");
  await administrator.visit(`${UNITS}/H99.777`);
  await administrator.reads("Trần Thị Gương", "cán bộ tiếp nhận");
  await administrator.visit(`/can-bo/quan-tri/nhat-ky?ve=unit:H99.777`);
  await administrator.reads("Thêm đơn vị UBND xã Đồng Ngó (H99.777)");
});

journey("a procedure is revised; who filed before keeps the version of that day", async (cast) => {
  const citizen = await cast.somebody(LOTUS.email);
  await signInByMail(citizen, LOTUS.email);
  await register(citizen, LOTUS);
  const code = await fileOnline(citizen, { who: LOTUS, procedure: COPIES });
  const before = (await citizen.visit(`/thu-tuc/${COPIES}`), await citizen.heading());
  const after = `${before} (bản mới)`;

  const controller = await cast.as("kiemsoat.tinh");
  await controller.visit(PROCEDURE);
  await controller.press("Soạn phiên bản mới");
  await controller.go("Thông tin chung");
  await controller.type("Tên thủ tục", after);
  await controller.press("Lưu bản soạn");
  await controller.go("Kết quả và căn cứ pháp lý");
  const bases = await controller.page.locator("section.card[id^=base-]").count();
  await controller.press("Thêm căn cứ");
  const row = controller.page.locator(`#base-${bases}`);
  await controller.type("Trích yếu", "Nghị định về bản sao điện tử", row);
  await controller.type("Ngày ban hành", "31/2/2026", row);
  await controller.press("Lưu bản soạn");
  await controller.reads("Nhập một ngày có trong lịch");
  await controller.type("Ngày ban hành", "1/2/2026", controller.page.locator(`#base-${bases}`));
  await controller.press("Lưu bản soạn");
  await citizen.visit(`/thu-tuc/${COPIES}`);
  assert.equal(await citizen.heading(), before, "nothing is published yet");

  await controller.press("Xem lại và công bố");
  await controller.reads("Thay đổi so với phiên bản đang có", before, after, "Nghị định về bản sao điện tử", "Thêm");
  await controller.press("Công bố");
  await controller.reads("Nhập số quyết định công bố", "Nhập ngày ký quyết định");
  await controller.type("Số quyết định công bố", "77/QĐ-UBND");
  await day(controller, /^Ngày ký quyết định/, ["2", "3", "2026"]);
  await controller.press("Công bố");
  assert.equal(controller.path(), PROCEDURE);
  await controller.reads("Đã công bố phiên bản mới.", "Phiên bản 2", "77/QĐ-UBND, 02/03/2026, sửa đổi, bổ sung");
  await controller.go("So với phiên bản 1");
  await controller.reads(after, "Nghị định về bản sao điện tử");

  await citizen.visit(`/thu-tuc/${COPIES}`);
  assert.equal(await citizen.heading(), after);
  await citizen.visit(`/ho-so/${code}`);
  await citizen.reads(before);
  await citizen.readsNot(after);
});
