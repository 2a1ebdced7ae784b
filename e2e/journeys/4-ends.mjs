// Other ends of a dossier: refused at intake, withdrawn by the citizen. And looking one up by its QR code.
import assert from "node:assert/strict";

import { act, openTab } from "../stage/desk.mjs";
import { fileOnline, HAT, register } from "../stage/filing.mjs";
import { readCode } from "../stage/qr.mjs";
import { signInByMail } from "../stage/sign-in.mjs";
import { journey } from "../stage/stage.mjs";

const SON = { ...HAT, name: "Trần Văn Sơn", email: "son.tran@example.vn", number: "025090000011" };

async function signIn(cast, who) {
  const person = await cast.somebody(who.email);
  await signInByMail(person, who.email);
  await register(person, who);
  return person;
}

journey("a dossier is refused at intake, with the reason and form 03", async (cast) => {
  const reception = await cast.as("motcua.senhong");
  const [code] = await openTab(reception, "/can-bo", "intake");
  await act(reception, code, /^Từ chối tiếp nhận/, {
    "Lý do": "Người nộp không cư trú tại phường; nộp tại nơi cư trú.",
    "Căn cứ": "Điều 13 Luật Hộ tịch",
  });
  await reception.reads("Không được tiếp nhận", "Người nộp không cư trú tại phường", "Phiếu từ chối tiếp nhận giải quyết hồ sơ");
  const form = reception.page.getByRole("link", { name: /Phiếu từ chối tiếp nhận/ }).first();
  const pdf = await reception.context.request.get(await form.getAttribute("href"));
  assert.equal((await pdf.body()).subarray(0, 4).toString(), "%PDF");
});

journey("a citizen looks a dossier up by its QR code, and takes it back", async (cast) => {
  const son = await signIn(cast, SON);
  const code = await fileOnline(son, { who: SON, procedure: "1.004873" });
  const address = await readCode(son.page.locator(".keep__qr"));
  assert.ok(address.endsWith(`/tra-cuu/${code}`), address);

  const passerBy = await cast.somebody("somebody with a telephone", { viewport: { width: 390, height: 844 } });
  await passerBy.visit(address);
  await passerBy.reads(code, "Mới đăng ký");
  await passerBy.readsNot(SON.name, SON.number, SON.email, "Tổ 3", "0912345678");
  await passerBy.visit("/tra-cuu");
  await passerBy.type("Mã hồ sơ", "H99.101-000101-0001");
  await passerBy.press("Tra cứu");
  await passerBy.reads("Không có hồ sơ nào mang mã này.");
  await passerBy.visit(`/ho-so/${code}`);
  assert.equal(passerBy.path(), "/dang-nhap", "the dossier itself is the applicant's");

  await son.visit(`/ho-so/${code}`);
  await son.go("Rút hồ sơ");
  await son.goOn();
  await son.reads("Nhập lý do rút hồ sơ");
  await son.type("Lý do rút hồ sơ", "Tôi nộp nhầm thủ tục.");
  await son.goOn();
  await son.reads("Bạn chắc chắn rút hồ sơ này?", "Tôi nộp nhầm thủ tục.");
  await son.press("Rút hồ sơ");
  await son.reads("Đã rút hồ sơ.", "Tôi nộp nhầm thủ tục.");
  await passerBy.visit(address);
  await passerBy.reads("Hồ sơ đã kết thúc.");
});
