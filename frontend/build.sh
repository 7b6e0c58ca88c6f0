#!/bin/sh
# Builds what static/ ships: one style sheet, the scripts, the font, the licences.
# A maintainer's target (make assets). The demo, the tests and production use the
# committed result, so nobody needs Node to run the product.
set -eu
cd "$(dirname "$0")"
out=../static
axe=../tests/browser/vendor

npm ci --no-audit --no-fund --ignore-scripts --loglevel=error

rm -rf "$out" "$axe"
mkdir -p "$out/css" "$out/js" "$out/fonts" "$out/images" "$out/licences" "$axe"

# MoJ's style sheets look for node_modules/ by its own path, so the load path is this folder.
npx --no-install sass --style=compressed --no-source-map --no-error-css --quiet --load-path=. \
  scss/app.scss "$out/css/app.css"

govuk=node_modules/govuk-frontend
moj=node_modules/@ministryofjustice/frontend
font=node_modules/@fontsource-variable/source-sans-3
cp "$govuk/dist/govuk/govuk-frontend.min.js" "$out/js/"
cp "$moj/moj/moj-frontend.min.js" "$out/js/"
cp node_modules/htmx.org/dist/htmx.min.js "$out/js/"
# Source maps are not shipped; a strict static manifest would look for them.
for script in "$out"/js/*.js; do
  sed -i '/^\/\/# sourceMappingURL=/d' "$script"
done
cp js/*.js "$out/js/"
cp "$font/files/source-sans-3-latin-wght-normal.woff2" "$out/fonts/"
cp "$moj"/moj/assets/images/icon-*.svg "$out/images/"
cp images/*.svg "$out/images/"

# These two packages ship no licence file of their own; the texts are those of their repositories.
cp licences/*.txt "$out/licences/"
cp node_modules/htmx.org/LICENSE "$out/licences/htmx.txt"
cp "$font/LICENSE" "$out/licences/source-sans-3.txt"

cp node_modules/axe-core/axe.min.js "$axe/"
cp node_modules/axe-core/LICENSE "$axe/axe-core-LICENSE.txt"

node versions.js > "$out/VERSIONS"
(cd "$out" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
echo "static/ is built: $(wc -l < "$out/SHA256SUMS") files."
