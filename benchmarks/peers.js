// The peers in Node, each as its manual shows: the template read once, a new document for each letter.
const fs = require("fs");
const path = require("path");

const engines = {
  docxtemplater() {
    const PizZip = require("pizzip");
    const Docxtemplater = require("docxtemplater");
    return (content, values) => {
      const letter = new Docxtemplater(new PizZip(content), { paragraphLoop: true, linebreaks: true });
      letter.render(values);
      return letter.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
    };
  },
  "easy-template-x"() {
    const { TemplateHandler } = require("easy-template-x");
    const handler = new TemplateHandler();
    return (content, values) => handler.process(content, values);
  },
};

async function main() {
  const [engine, folder, count, out] = [process.argv[2], process.argv[3], Number(process.argv[4]), process.argv[5]];
  const began = process.hrtime.bigint();
  const before = process.cpuUsage();
  const content = fs.readFileSync(path.join(folder, "braces.docx"));
  const rows = fs.readFileSync(path.join(folder, `values-${count}.jsonl`), "utf-8").trim().split("\n");
  const fill = engines[engine]();
  for (const [number, row] of rows.entries()) {
    fs.writeFileSync(path.join(out, `${number}.docx`), await fill(content, JSON.parse(row)));
  }
  const used = process.cpuUsage(before);
  console.log(
    JSON.stringify({
      seconds: Number(process.hrtime.bigint() - began) / 1e9,
      cpu: (used.user + used.system) / 1e6,
      peak: process.resourceUsage().maxRSS / 1024,
    }),
  );
}

main();
