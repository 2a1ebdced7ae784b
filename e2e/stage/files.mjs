// Files that people attach.

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
