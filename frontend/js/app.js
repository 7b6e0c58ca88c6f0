// Django rewrites the names below to hashed ones, and needs the semicolons to see them.
import { initAll as initGovuk } from './govuk-frontend.min.js';
import { initAll as initMoj } from './moj-frontend.min.js';

initGovuk()
initMoj()

// Filters stand open beside the results, but start closed where they would push them down.
function fitFilter () {
  const filter = document.querySelector('details.app-filter')
  if (filter && !filter.hasAttribute('data-keep-open')) {
    filter.open = window.matchMedia('(min-width: 48.0625em)').matches
  }
}
fitFilter()

// Components inside a fragment that htmx swapped in.
document.body.addEventListener('htmx:load', (event) => {
  if (event.detail.elt === document.body) return
  initGovuk({ scope: event.detail.elt })
  initMoj({ scope: event.detail.elt })
})

// A failed background request must not fail silently.
document.body.addEventListener('htmx:responseError', (event) => {
  const status = event.detail.xhr.status
  if (status === 401 || status === 403) window.location.reload()
})

for (const button of document.querySelectorAll('[data-print-page]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

// Some browsers keep even a no-store page for the back button: after signing out
// or losing the session, ask the server again before anything is shown.
window.addEventListener('pageshow', (event) => {
  if (event.persisted && document.body.hasAttribute('data-signed-in')) {
    document.documentElement.hidden = true
    window.location.reload()
  }
})
