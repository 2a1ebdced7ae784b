// Files that people attach.
import { createHash, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";

/** A PDF of one empty page. */
export function pdf(name, words = "") {
  const body = `%PDF-1.4\n% ${words}\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n45\n%%EOF\n`;
  return { name, mimeType: "application/pdf", buffer: Buffer.from(body) };
}

/** A program that says it is a PDF. */
export function program(name) {
  return { name, mimeType: "application/pdf", buffer: Buffer.concat([Buffer.from("MZ\u0090\0", "latin1"), Buffer.alloc(600)]) };
}

/** Nothing. */
export function empty(name) {
  return { name, mimeType: "application/pdf", buffer: Buffer.alloc(0) };
}

/** A PDF of so many bytes on disk, full of what cannot be guessed. Answers its hash. */
export async function bigPdf(path, bytes) {
  const [head, tail] = [Buffer.from("%PDF-1.4\n"), Buffer.from("\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")];
  const hash = createHash("sha256");
  const file = await open(path, "w");
  const write = (piece) => {
    hash.update(piece);
    return file.write(piece);
  };
  try {
    await write(head);
    for (let left = bytes - head.length - tail.length; 0 < left; left -= 1 << 20) await write(randomBytes(Math.min(left, 1 << 20)));
    await write(tail);
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}
