// Ways to sign in: with one click as the demonstration allows, and as people do it.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

/** One click on the page of the people. */
export async function signInAsDemo(person, login) {
  await person.visit("/demo");
  const row = person.page.locator("tr").filter({ has: person.page.getByText(login, { exact: true }) });
  await person.press(/Đăng nhập|Sign in/, row);
}

/** Password and second factor. */
export async function signInAsOfficer(person, login) {
  const keys = person.office.officers.get(login);
  assert.ok(keys, `the demonstration printed no sign-in for ${login}`);
  await person.visit("/can-bo/dang-nhap");
  await officerKeys(person, keys);
}

/** The two pages of an officer's sign-in, wherever they began; with a telephone whose clock is `fast` by some seconds. */
export async function officerKeys(person, keys, fast = 0) {
  await person.type("Tên đăng nhập", keys.login);
  await person.type("Mật khẩu", keys.password);
  await person.press("Đăng nhập");
  assert.equal(person.path(), "/can-bo/dang-nhap/ma");
  await person.type(/Mã xác thực/, totp(keys.secret, Date.now() / 1000 + fast));
  await person.press("Đăng nhập");
}

/** Asks for a code and reads it in the outbox of the demonstration, in another tab. */
export async function signInByMail(person, email) {
  if (person.path() !== "/dang-nhap") await person.visit("/dang-nhap");
  await person.type(/Địa chỉ email/, email);
  await person.press("Gửi mã cho tôi");
  const signingIn = await person.open();
  await person.visit("/demo/hop-thu");
  const letter = person.page.locator("article").filter({ hasText: email }).first();
  const [, code] = (await letter.innerText()).match(/\b(\d{6})\b/) ?? [];
  assert.ok(code, "a letter with a code");
  await person.page.close();
  person.turnTo(signingIn);
  await person.type("Mã sáu chữ số", code);
  await person.goOn();
}

/** The code of this moment (RFC 6238, SHA-1, six digits, thirty seconds). */
export function totp(secret, second = Date.now() / 1000) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(second / 30)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash.at(-1) & 0xf;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
