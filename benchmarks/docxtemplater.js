// The peer in Node: docxtemplater with PizZip, a new document for each letter, as its manual shows.
const fs = require("fs");
const path = require("path");
const PizZip = require("pizzip");
const Docxtemplater = require("docxtemplater");

const [folder, count, out] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const content = fs.readFileSync(path.join(folder, "docxtemplater.docx"));
const six = (number) => String(number).padStart(6, "0");
const began = process.hrtime.bigint();
const before = process.cpuUsage();
for (let number = 0; number < count; number++) {
  const document = new Docxtemplater(new PizZip(content), { linebreaks: true });
  document.render({
    reference: six(number),
    agency: `Example Agency ${number}`,
    name: `Jordan Sample ${number}`,
    office: `Field Office ${number}`,
    theirs: `REF-${six(number)}`,
  });
  const data = document.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
  fs.writeFileSync(path.join(out, `${number}.docx`), data);
}
const used = process.cpuUsage(before);
console.log(
  JSON.stringify({
    seconds: Number(process.hrtime.bigint() - began) / 1e9,
    cpu: (used.user + used.system) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
  }),
);
