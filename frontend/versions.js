// Prints the exact versions that static/ was built from, one package a line.
const wanted = require('./package.json').devDependencies
for (const name of Object.keys(wanted).sort()) {
  const { version, license } = require(`./node_modules/${name}/package.json`)
  console.log(`${name} ${version} ${license}`)
}
