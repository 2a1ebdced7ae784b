// Opens one demonstration office and walks every journey in it, one after the other.
import { readdir } from "node:fs/promises";
import { after, before } from "node:test";

import { closeStage, openStage } from "./stage/stage.mjs";

before(openStage, { timeout: 300_000 });
after(closeStage);

const wanted = process.env.JOURNEY ?? "";
for (const file of (await readdir(new URL("journeys/", import.meta.url))).sort()) {
  if (file.startsWith(wanted)) await import(`./journeys/${file}`);
}
