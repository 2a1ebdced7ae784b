// Reads a QR code off the screen, as a telephone does.
import { createRequire } from "node:module";

const jsqr = createRequire(import.meta.url).resolve("jsqr");

/** The text of the code that a picture on the page shows. */
export async function readCode(picture) {
  const png = (await picture.screenshot({ scale: "css" })).toString("base64");
  // A tab of its own has no content policy, so that the picture can be decoded in it.
  const tab = await picture.page().context().newPage();
  try {
    await tab.addScriptTag({ path: jsqr });
    return await tab.evaluate(async (base64) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas.drawImage(image, 0, 0);
      const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
      return globalThis.jsQR(data, width, height)?.data ?? "";
    }, png);
  } finally {
    await tab.close();
  }
}
